import SeamarkCrypto
import SeamarkJournal
import SeamarkModel

/// Records of the shape that the figures speak of: a seam with twelve fields, about 584 bytes as JSON.
enum Workload {
    static func edits(number: Int, time: Int64) -> [Edit] {
        let id = Identifier.timeOrdered(milliseconds: time, dice: words())
        var editing = RecordEditing(record: id, type: Catalogue.seam, state: nil) { Identifier(high: words().0, low: words().1) }
        editing.create(at: time, handle: "S-A\(number)")
        let texts = [
            ("name", "handoff \(number) from planning to heat treatment"),
            ("valueStream", "gears of line \(number % 7)"),
            ("object", "released order with routing and material \(number)"),
            ("ownerFrom", "planner of shift \(number % 3)"),
            ("ownerTo", "lead of furnace \(number % 11)"),
            ("workaround", "the night shift keeps a private list of orders, number \(number), and calls the planner at home when it runs out before six"),
        ]
        for (key, text) in texts { editing.set(field(key), .text(text)) }
        editing.set(field("aiExposed"), .bool(number.isMultiple(of: 2)))
        editing.set(field("velocity"), .list([.double(1), .double(1.5 + Double(number % 10)), .double(20)]))
        editing.set(field("fromUnit"), .id(Identifier(high: 1, low: UInt64(number % 20))))
        editing.set(field("toUnit"), .id(Identifier(high: 2, low: UInt64(number % 20))))
        return editing.edits
    }

    private static func field(_ key: String) -> FieldDefinition { Catalogue.seam.field(key: key)! }

    private static func words() -> (UInt64, UInt64) {
        guard let words = try? Randomness.identifierWords() else { preconditionFailure("the system gives entropy") }
        return (words.high, words.low)
    }
}
