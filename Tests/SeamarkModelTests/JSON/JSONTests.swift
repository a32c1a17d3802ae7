import SeamarkModel
import Testing

@Suite struct JSONTests {
    private func refusal(_ bytes: [UInt8], atMost limit: Int = JSONParser.usualLimit) -> JSONError? {
        do throws(JSONError) { _ = try JSONParser.parse(bytes, atMost: limit) } catch { return error }
        return nil
    }

    /// Documents with few names and values, so that they collide, and with everything that needs care in writing.
    static func value(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch random.next(below: depth > 3 ? 6 : 8) {
        case 0: .null
        case 1: .bool(random.next(below: 2) == 0)
        case 2: .integer([0, -1, Int64.max, Int64.min, 42][random.next(below: 5)])
        case 3: .number([0.1, -2.5e-300, 1e300, 500.0, 1.0 / 3, Double.leastNonzeroMagnitude][random.next(below: 6)])
        case 4, 5: .string(["", "a", "\"\\/\u{8}\n", "Zürich \u{1F600}\u{2028}", "\u{0}"][random.next(below: 5)])
        case 6: .array((0..<random.next(below: 4)).map { _ in value(&random, depth: depth + 1) })
        case _: .object((0..<random.next(below: 4)).map { JSONMember("k\($0)", value(&random, depth: depth + 1)) })
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `what is written reads back the same, compact or pretty`(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let value = JSONTests.value(&random, depth: 0)
        #expect(try JSONParser.parse(value.compact) == value)
        #expect(try JSONParser.parse(value.pretty) == value)
    }

    @Test func `whole numbers stay whole and fractions stay fractions`() throws {
        #expect(try JSONParser.parse("9223372036854775807") == .integer(.max))
        #expect(try JSONParser.parse("-9223372036854775808") == .integer(.min))
        #expect(try JSONParser.parse("500.0") == .number(500))
        #expect(try JSONParser.parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(JSONValue.number(.infinity).compact == "null")
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd), ("{", .unexpectedEnd), ("[1,]", .unexpectedCharacter), ("{\"a\":1,}", .unexpectedCharacter),
        ("{\"a\":1,\"a\":2}", .duplicateName), ("01", .badNumber), ("1e999", .badNumber), ("1.", .unexpectedEnd), (".5", .unexpectedCharacter),
        ("+1", .unexpectedCharacter), ("NaN", .unexpectedCharacter), ("\"\\x\"", .badEscape), ("\"\\ud800\"", .badEscape), ("\"\\udc00\"", .badEscape),
        ("\"\\ud800\\u0041\"", .badEscape), ("\"\t\"", .badText), ("1 2", .trailingCharacters), ("tru", .unexpectedEnd), ("\u{feff}1", .unexpectedCharacter),
        ("{a:1}", .unexpectedCharacter), ("'a'", .unexpectedCharacter), ("-", .unexpectedEnd), ("\"\\u12", .unexpectedEnd),
    ])
    func `what is not JSON is refused for its reason`(text: String, reason: JSONError.Reason) {
        #expect(refusal(Array(text.utf8))?.reason == reason)
    }

    @Test func `an error says line, column and the way there`() throws {
        let error = try #require(refusal(Array("{\"lines\": [\n  {\"amount\": {\"low\": 01}}\n]}".utf8)))
        #expect(error.line == 2)
        #expect(error.column == 22)
        #expect(error.path == "lines[0].amount.low")
    }

    @Test func `depth and size are looked at before anything is held`() throws {
        let deep = String(repeating: "[", count: JSONParser.greatestDepth) + String(repeating: "]", count: JSONParser.greatestDepth)
        #expect(throws: Never.self) { try JSONParser.parse(deep) }
        #expect(refusal(Array(("[" + deep + "]").utf8))?.reason == .tooDeep)
        #expect(throws: Never.self) { try JSONParser.parse("12345", atMost: 5) }
        #expect(refusal(Array("123456".utf8), atMost: 5)?.reason == .tooLarge)
    }

    @Test func `damaged UTF-8 is refused`() {
        for bytes: [UInt8] in [[0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]] {
            #expect(refusal(bytes)?.reason == .badText)
        }
    }

    @Test func `a path never repeats what a stranger named a member`() {
        #expect(refusal(Array("{\"\\u001b[31m\": x}".utf8))?.path == "…")
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
