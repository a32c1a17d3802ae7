/// The examples in a discussion of a program's help, as a shell would read them.
public enum HelpExamples {
    /// The lines under "For example"; one that goes on behind a backslash is one.
    public static func lines(in discussion: String) -> [String] {
        var lines: [String] = []
        var isInside = false
        for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("For example") {
                isInside = true
            } else if isInside, line.hasPrefix("  ") {
                let words = String(line.drop { $0 == " " })
                if let last = lines.last, last.hasSuffix("\\") { lines[lines.count - 1] = last.dropLast() + words } else { lines.append(words) }
            } else {
                isInside = false
            }
        }
        return lines
    }

    /// The words of each command in a line that runs `program`: without the program's name, what is redirected, and the words beside it.
    public static func commands(in line: String, of program: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var isQuoted = false
        var blanks = 0
        func end(_ word: inout String?) { if let whole = word { commands[commands.count - 1].append(whole); word = nil } }
        for character in line {
            blanks = character == " " ? blanks + 1 : 0
            // Three blanks begin what is said beside a command.
            if blanks == 3, !isQuoted { break }
            switch character {
            case "\"": (isQuoted, word) = (!isQuoted, word ?? "")
            case " " where !isQuoted: end(&word)
            case "|" where !isQuoted, "&" where !isQuoted, ";" where !isQuoted:
                end(&word)
                commands.append([])
            default: word = (word ?? "") + String(character)
            }
        }
        end(&word)
        return commands.filter { $0.first == program }.map { Array($0.dropFirst().prefix { $0 != "<" && $0 != ">" }) }
    }
}
