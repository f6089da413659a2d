/**
 * How much a picture of each class counts so that all classes count the same in all: n / (k · n_c) for n training
 * pictures of k classes, n_c of class c. This is scikit-learn's "balanced" heuristic, after King and Zeng (2001). A class
 * without training pictures is none of the k, and its pictures, which are in other splits only, count 1.
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const present = counts.filter((count) => count > 0)
  const pictures = present.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count === 0 ? 1 : pictures / (present.length * count)))
}
