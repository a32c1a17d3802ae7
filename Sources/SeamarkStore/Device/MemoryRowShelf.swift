internal import Foundation

/// Rows in memory. `@unchecked Sendable` because the rows are touched under `lock` alone.
final class MemoryRowShelf: RowShelf, @unchecked Sendable {
    typealias Row = (number: Int64, sealed: [UInt8])
    private let lock = NSLock()
    /// Ascending.
    private var rows: [Row]

    init(_ rows: [Row]) { self.rows = rows }

    var all: [Row] {
        lock.lock()
        defer { lock.unlock() }
        return rows
    }

    func write<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
        lock.lock()
        defer { lock.unlock() }
        let access = MemoryRowAccess(rows)
        let value = try body(access)
        rows = access.rows
        return value
    }

    func read<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value { try body(MemoryRowAccess(all)) }

    func eraseTraces() {}
}

private final class MemoryRowAccess: RowAccess {
    private(set) var rows: [MemoryRowShelf.Row]

    init(_ rows: [MemoryRowShelf.Row]) { self.rows = rows }

    func highest() -> Int64 { rows.last?.number ?? 0 }

    func forEach(after number: Int64, _ body: (Int64, [UInt8]) throws -> Void) throws {
        for row in rows[place(of: number + 1)...] { try body(row.number, row.sealed) }
    }

    func row(_ number: Int64) -> [UInt8]? {
        let place = place(of: number)
        return place < rows.count && rows[place].number == number ? rows[place].sealed : nil
    }

    func insert(_ sealed: [UInt8], at number: Int64) throws(StoreError) {
        guard number > highest() else {
            throw StoreError(.taken, doing: "writing to the device's store", detail: "the row's number is taken")
        }
        rows.append((number, sealed))
    }

    func replace(_ sealed: [UInt8], at number: Int64) {
        let place = place(of: number)
        if place < rows.count, rows[place].number == number { rows[place].sealed = sealed }
    }

    func remove(_ numbers: ClosedRange<Int64>) {
        rows.removeSubrange(place(of: numbers.lowerBound)..<place(of: numbers.upperBound + 1))
    }

    /// Where the first row of `number` or above lies.
    private func place(of number: Int64) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
