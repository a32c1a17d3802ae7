import Testing

@testable import SeamarkModel

struct HelpColumnsTests {
    @Test func `help is laid out for the terminal, and in whole lines where that has no room beside the names`() {
        for columns in 0..<40 { #expect(HelpColumns.asked(columns) == HelpColumns.whole) }
        for columns in [40, 80, 400] { #expect(HelpColumns.asked(columns) == columns) }
    }
}
