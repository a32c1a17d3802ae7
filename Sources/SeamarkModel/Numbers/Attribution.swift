/// One kind of thing (domains, or seams) that lines give points to: what each stands for in every iteration.
struct Attribution {
    /// The things that anything points to or that have a reading, in the order of their keys.
    let keys: [String]
    /// Line by line, the share (0...1) of each key; both in order.
    private let shares: [[(key: Int, share: Double)]]

    init(points: [[PointShare]], known: [String]) {
        let keys = Set(known + points.flatMap { $0.map(\.key) }).sorted()
        var place: [String: Int] = [:]
        for (index, key) in keys.enumerated() { place[key] = index }
        self.keys = keys
        shares = points.map { line in
            line.compactMap { share in place[share.key].map { (key: $0, share: share.points / 100) } }
                .filter { $0.share > 0 }
                .sorted { $0.key < $1.key }
        }
    }

    /// The share of a line that goes to no key.
    func remainder(of line: Int) -> Double {
        max(0, 1 - shares[line].reduce(0) { $0 + $1.share })
    }

    /// A line's share of a key.
    func share(of key: Int, in line: Int) -> Double {
        shares[line].first { $0.key == key }?.share ?? 0
    }

    /// One column for each key.
    func columns(of net: [[Double]], iterations: Int) -> [[Double]] {
        var columns = [[Double]](repeating: [Double](repeating: 0, count: iterations), count: keys.count)
        for (line, values) in net.enumerated() {
            for (key, share) in shares[line] {
                for n in 0..<iterations { columns[key][n] += share * values[n] }
            }
        }
        return columns
    }

    /// The column of what goes to no key.
    func remainder(of net: [[Double]], iterations: Int) -> [Double] {
        var column = [Double](repeating: 0, count: iterations)
        for (line, values) in net.enumerated() {
            let share = remainder(of: line)
            if share > 0 { for n in 0..<iterations { column[n] += share * values[n] } }
        }
        return column
    }

    /// Each key's mean from the lines' means, so that the parts add up to the whole whatever is sampled.
    func means(of lineMeans: [Double]) -> [Double] {
        var means = [Double](repeating: 0, count: keys.count)
        for (line, mean) in lineMeans.enumerated() {
            for (key, share) in shares[line] { means[key] += share * mean }
        }
        return means
    }

    func remainderMean(of lineMeans: [Double]) -> Double {
        lineMeans.indices.reduce(0) { $0 + remainder(of: $1) * lineMeans[$1] }
    }
}
