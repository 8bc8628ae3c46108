export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The mean of the middle half: where somebody else was at work in one of the turns, or in none, says nothing. */
export function midmean(numbers: readonly number[]): number {
  const cut = Math.floor(numbers.length / 4)
  const middle = numbers.toSorted((left, right) => left - right).slice(cut, numbers.length - cut)
  return middle.reduce((sum, number) => sum + number, 0) / middle.length
}
