import SeamarkClient
import Testing

@Suite struct SettingsTests {
    @Test func `settings are read line by line, and comments and blanks say nothing`() throws {
        let settings = try Settings(parsing: "# mine\n\n colour = never\neditor = code --wait\r\ndates=de_AT\nunlock-minutes = 30\nunlock-minutes = 45")
        #expect(!settings.hasColour && settings.editor == "code --wait" && settings.dates == "de_AT" && settings.unlockMinutes == 45)
        #expect(try Settings(parsing: "") == Settings())
    }

    @Test func `a line that says nothing known is refused by its number`() {
        for (text, line, words) in [
            ("colour = never\ncolor = never", 2, "none of colour, editor, dates, unlock-minutes"), ("colour = pink", 1, "auto or never"), ("\n\neditor", 3, "NAME = VALUE"),
            ("editor =", 1, "no value"), ("unlock-minutes = soon", 1, "whole number"), ("unlock-minutes = 0", 1, "whole number"), ("unlock-minutes = 99999", 1, "whole number"),
        ] {
            let fault = #expect(throws: Settings.Fault.self) { try Settings(parsing: text) }
            #expect(fault?.line == line && fault?.words.contains(words) == true, "\(text)")
        }
    }

    @Test func `the file that is named comes first, then that of XDG, then the one at home`() {
        let all = ["SEAMARK_CONFIG": "/s/c", "XDG_CONFIG_HOME": "/x", "HOME": "/h"]
        #expect(Settings.path(environment: all) == "/s/c")
        #expect(Settings.path(environment: all.filter { $0.key != "SEAMARK_CONFIG" }) == "/x/seamark/config")
        #expect(Settings.path(environment: ["XDG_CONFIG_HOME": "relative", "HOME": "/h"]) == "/h/.config/seamark/config")
        #expect(Settings.path(environment: [:]) == nil)
    }
}
