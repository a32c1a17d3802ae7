import SeamarkModel
import Testing

@Suite struct ReaderDatesTests {
    private func said(_ locale: String) -> String {
        let dates = ReaderDates(locale: locale)
        return dates.date(year: 2026, month: 3, day: 7) + " " + dates.time(hour: 19, minute: 5)
    }

    @Test func `dates stand as the reader's locale writes them, and as ISO 8601 where it says nothing or is not known`() {
        for (locale, text) in [
            ("", "2026-03-07 19:05"), ("C", "2026-03-07 19:05"), ("C.UTF-8", "2026-03-07 19:05"), ("POSIX", "2026-03-07 19:05"), ("tlh_QO.UTF-8", "2026-03-07 19:05"),
            ("en_US.UTF-8", "3/7/2026 7:05 PM"), ("en_GB.UTF-8", "07/03/2026 19:05"), ("de_DE.UTF-8@euro", "07.03.2026 19:05"), ("de", "07.03.2026 19:05"),
            ("fr_FR", "07/03/2026 19:05"), ("fr_CA", "2026-03-07 19:05"), ("fr_CH", "07.03.2026 19:05"), ("nl_NL", "07-03-2026 19:05"), ("sv_SE", "2026-03-07 19:05"),
            ("fi_FI", "7.3.2026 19:05"), ("cs_CZ", "7. 3. 2026 19:05"), ("ja_JP", "2026/03/07 19:05"), ("hu_HU", "2026. 03. 07. 19:05"), ("zh-Hans-CN", "2026/3/7 19:05"),
        ] { #expect(said(locale) == text, "\(locale)") }
        let us = ReaderDates(locale: "en_US")
        #expect([0, 1, 11, 12, 13, 23].map { us.time(hour: $0, minute: 0) } == ["12:00 AM", "1:00 AM", "11:00 AM", "12:00 PM", "1:00 PM", "11:00 PM"])
    }

    @Test func `LC_ALL speaks before LC_TIME and that before LANG, and an empty one says nothing`() {
        let german = ReaderDates(locale: "de_DE")
        #expect(ReaderDates(environment: ["LANG": "de_DE.UTF-8"]) == german)
        #expect(ReaderDates(environment: ["LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8", "LC_ALL": ""]) == german)
        #expect(ReaderDates(environment: ["LANG": "de_DE.UTF-8", "LC_TIME": "de_DE.UTF-8", "LC_ALL": "C"]) == .iso)
        #expect(ReaderDates(environment: [:]) == .iso)
    }
}
