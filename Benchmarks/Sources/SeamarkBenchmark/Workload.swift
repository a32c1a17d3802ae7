import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel

/// Records of the shape that the figures speak of: a seam with twelve fields, about 584 bytes as JSON.
///
/// The texts are ordinary words in an order that their number alone decides, so that every run stores the same ones and none deflates
/// as if a program had written it.
enum Workload {
    static let type = Catalogue.seam
    static let fieldsOfARecord = 12

    /// A new record.
    static func edits(number: Int, time: Int64) -> [Edit] {
        var editing = editing(Identifier.timeOrdered(milliseconds: time, dice: words()), nil)
        editing.create(at: time, handle: "S-A\(number)")
        fill(&editing, number, seed: UInt64(number))
        return editing.edits
    }

    /// Every field of a record that is there, anew.
    static func rewriting(_ id: Identifier, _ state: RecordState?, number: Int, round: Int) -> [Edit] {
        var editing = editing(id, state)
        fill(&editing, number + round, seed: UInt64(number) + UInt64(round) << 32)
        return editing.edits
    }

    /// One field of a record that is there: another value for each record and round, since a thousand that are the same deflate to nothing.
    static func renaming(_ id: Identifier, _ state: RecordState?, number: Int, round: Int) -> [Edit] {
        var editing = editing(id, state)
        var prose = Prose(seed: UInt64(number) + UInt64(round) << 32)
        // Never what the record was made with or what the round before left, which would be no edit.
        let likely = 2 + Double(prose.next() % 500 * 2 + UInt64(round % 2)) / 10
        editing.set(field("velocity"), .group([.init(1, .double(1)), .init(2, .double(likely)), .init(3, .double(100 + likely))]))
        return editing.edits
    }

    private static func editing(_ id: Identifier, _ state: RecordState?) -> RecordEditing {
        RecordEditing(record: id, type: type, state: state) { Identifier(high: words().0, low: words().1) }
    }

    private static func fill(_ editing: inout RecordEditing, _ number: Int, seed: UInt64) {
        var prose = Prose(seed: seed)
        let texts = [
            ("name", prose.text(6)), ("valueStream", prose.text(3)), ("object", prose.text(7)), ("ownerFrom", prose.text(2)),
            ("ownerTo", prose.text(2)), ("workaround", prose.text(21)),
        ]
        for (key, text) in texts { editing.set(field(key), .text(text)) }
        editing.set(field("aiExposed"), .bool(number.isMultiple(of: 2)))
        let likely = 1 + Double(prose.next() % 100) / 10
        editing.set(
            field("velocity"),
            .group([.init(1, .double(1)), .init(2, .double(likely)), .init(3, .double(likely * 2))]))
        editing.set(field("fromUnit"), .id(Identifier(high: 1, low: UInt64(number % 20))))
        editing.set(field("toUnit"), .id(Identifier(high: 2, low: UInt64(number % 20))))
    }

    private static func field(_ key: String) -> FieldDefinition { type.field(key: key)! }

    private static func words() -> (UInt64, UInt64) {
        guard let words = try? Randomness.identifierWords() else { preconditionFailure("the system gives entropy") }
        return (words.high, words.low)
    }
}

/// Draws words (SplitMix64).
private struct Prose {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x2545_f491_4f6c_dd1d }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func text(_ count: Int) -> String {
        (0..<count).map { _ in Self.words[Int(next() % UInt64(Self.words.count))] }.joined(separator: " ")
    }

    private static let words = """
        order line shift planner furnace batch routing release material drawing night lead calls list private the a before after runs out \
        six when nobody signs off invoice credit limit customer waits for answer from office who keeps own sheet in drawer and checks it \
        twice each morning because system shows yesterday stock count is wrong by three pallets supplier ships late without notice driver \
        stands at gate until somebody finds paper forms are copied again into mail group nine people read it one acts price approval takes \
        five days manager travels on paper only quality holds part scrap report comes monthly tool wear unknown spindle stops machine two \
        gear hob setup sheet lost maintenance guesses interval bearing noise reported but not logged forecast changed twice weekly plan \
        frozen too early freight booked by hand label printer fails dispatch writes numbers down truck leaves half full returns pile up \
        warranty claim rejected contract clause forgotten renewal date missed discount given without reason margin unknown hours booked \
        wrong project apprentice asks foreman old expert retires soon knowledge stays with him alone training plan empty audit next month \
        evidence collected overnight valve torque recipe version copied usb stick alarm muted
        """.split(separator: " ").map(String.init)
}
