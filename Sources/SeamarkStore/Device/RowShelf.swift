/// Where sealed rows lie: a file, or memory. It knows nothing of what they say.
protocol RowShelf: Sendable {
    /// Everything in `body` becomes durable together before this returns, or nothing does. One at a time over all processes.
    func write<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value

    /// The rows as they are at one moment.
    func read<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value

    /// Makes sure that what was removed lies nowhere in the files any more. May be called again when others are reading.
    func eraseTraces() throws
}

protocol RowAccess {
    /// The greatest number; 0 when there is none.
    func highest() throws(StoreError) -> Int64

    /// The rows after `number`, ascending. `body` may ask for further rows.
    func forEach(after number: Int64, _ body: (Int64, [UInt8]) throws -> Void) throws

    func row(_ number: Int64) throws(StoreError) -> [UInt8]?
    func insert(_ sealed: [UInt8], at number: Int64) throws(StoreError)
    /// Puts another sealed row in the place of one that is there.
    func replace(_ sealed: [UInt8], at number: Int64) throws(StoreError)
    /// Removes the rows of these numbers, as far as there are any.
    func remove(_ numbers: ClosedRange<Int64>) throws(StoreError)
}

extension RowAccess {
    func remove(_ number: Int64) throws(StoreError) { try remove(number...number) }
}
