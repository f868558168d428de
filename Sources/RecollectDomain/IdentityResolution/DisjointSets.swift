/// Numbers in sets that are united two at a time (union-find with path halving: near constant time an operation).
///
/// A set is led by its smallest number, so that what comes of it does not depend on the order of the unions.
struct DisjointSets {
    private var leaders: [Int]

    /// Each number from 0 alone in its set.
    init(count: Int) {
        leaders = Array(0..<count)
    }

    /// The smallest number of the set that a number is in.
    mutating func leader(of number: Int) -> Int {
        var number = number
        while leaders[number] != number {
            leaders[number] = leaders[leaders[number]]
            number = leaders[number]
        }
        return number
    }

    /// Makes one set of two; tells whether they were two.
    @discardableResult
    mutating func unite(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (leader(of: left), leader(of: right))
        leaders[max(left, right)] = min(left, right)
        return left != right
    }
}
