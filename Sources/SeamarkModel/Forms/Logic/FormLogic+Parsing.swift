/// Why an expression is not taken over.
public enum FormLogicError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong, tooDeep
    /// At this character, from 1.
    case unexpected(Int)
    case endsEarly
    case unknownFunction(String)
    case arguments(String, needs: ClosedRange<Int>)
    /// The pattern of `regex` is no text in quotes.
    case patternNotText
    case pattern(FormPatternError)
    /// The format of this function is no text in quotes.
    case formatNotText(String)
    /// What stands behind a `%` in a format of the function.
    case dateLetter(String, of: String)
    /// This function is over one question, and nothing else.
    case notAQuestion(String)
    /// The second argument of `jr:choice-name` is no question in quotes.
    case choicesOfNothing

    public var description: String {
        switch self {
        case .tooLong: "the expression is longer than \(FormLogic.longest) characters"
        case .tooDeep: "the expression is nested deeper than \(FormLogic.deepest) levels"
        case .unexpected(let place): "the expression cannot be read from character \(place) on"
        case .endsEarly: "the expression ends in the middle"
        case .unknownFunction(let name): "the function \(name)() is not taken over"
        case .arguments(let name, let needs):
            "\(name)() needs \(needs.lowerBound == needs.upperBound ? "\(needs.lowerBound)" : "\(needs.lowerBound) to \(needs.upperBound)") \(needs.upperBound == 1 ? "argument" : "arguments")"
        case .patternNotText: "the pattern of regex() must be a text in quotes"
        case .pattern(let error): "the pattern of regex(): \(error)"
        case .formatNotText(let name): "the format of \(name)() must be a text in quotes"
        case .dateLetter(let letter, let name):
            "%\(letter) is not taken over in the format of \(name)(); it has \(FormDateFormat.Letter.allCases.filter { !$0.isOfTime || name == FormFunction.formatDateTime.rawValue }.map { "%\($0.rawValue)" }.joined(separator: " "))"
        case .notAQuestion(let name): "\(name)() needs a question such as ${name}, and nothing else"
        case .choicesOfNothing: "jr:choice-name() needs the question whose choices it is about in quotes, such as '${name}'"
        }
    }
}

extension FormLogic {
    /// With quotes as keyboards have them: word processors turn them.
    static func straightened(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { scalar in
            switch scalar {
            case "\u{2018}", "\u{2019}": "'"
            case "\u{201c}", "\u{201d}": "\""
            case _: scalar
            }
        }))
    }

    public init(_ source: String) throws(FormLogicError) {
        guard source.unicodeScalars.count <= FormLogic.longest else { throw .tooLong }
        var parser = Parser(source)
        root = try parser.whole()
        self.source = source
    }

    /// Recursive descent by rank of operators (XPath 1.0, 3.5 and 3.7).
    private struct Parser {
        private let scalars: [Unicode.Scalar]
        private var place = 0
        private var depth = 0
        private var patterns = 0

        init(_ source: String) {
            scalars = Array(FormLogic.straightened(source).unicodeScalars)
        }

        mutating func whole() throws(FormLogicError) -> FormNode {
            let node = try expression(0)
            blanks()
            guard place == scalars.count else { throw .unexpected(place + 1) }
            return node
        }

        private mutating func expression(_ rank: Int) throws(FormLogicError) -> FormNode {
            depth += 1
            defer { depth -= 1 }
            guard depth <= FormLogic.deepest else { throw .tooDeep }
            var left = try signed()
            while let found = nextOperator(), found.rank >= rank {
                place += found.rawValue.unicodeScalars.count
                left = .operation(found, left, try expression(found.rank + 1))
            }
            return left
        }

        private mutating func signed() throws(FormLogicError) -> FormNode {
            var isNegative = false
            blanks()
            while place < scalars.count, scalars[place] == "-" {
                isNegative.toggle()
                place += 1
                blanks()
            }
            let node = try primary()
            return isNegative ? .negated(node) : node
        }

        private mutating func primary() throws(FormLogicError) -> FormNode {
            blanks()
            guard place < scalars.count else { throw .endsEarly }
            let start = place
            switch scalars[place] {
            case "(":
                place += 1
                let inner = try expression(0)
                try close()
                return inner
            case "'", "\"":
                let quote = scalars[place]
                guard let end = scalars[(place + 1)...].firstIndex(of: quote) else { throw .endsEarly }
                place = end + 1
                return .text(String(String.UnicodeScalarView(scalars[(start + 1)..<end])))
            case "$":
                guard place + 1 < scalars.count, scalars[place + 1] == "{", let end = scalars[place...].firstIndex(of: "}") else { throw .unexpected(place + 1) }
                let name = FormTextTables.trimmed(String(String.UnicodeScalarView(scalars[(place + 2)..<end])))
                guard Questionnaire.isName(name) else { throw .unexpected(place + 1) }
                place = end + 1
                return .reference(name)
            case ".":
                guard place + 1 < scalars.count, isDigit(scalars[place + 1]) else {
                    place += 1
                    guard place == scalars.count || !(scalars[place] == "." || scalars[place] == "/") else { throw .unexpected(start + 1) }
                    return .current
                }
                return try number()
            case let scalar where isDigit(scalar): return try number()
            case let scalar where isLetter(scalar): return try call()
            case _: throw .unexpected(place + 1)
            }
        }

        private mutating func number() throws(FormLogicError) -> FormNode {
            let start = place
            while place < scalars.count, isDigit(scalars[place]) { place += 1 }
            if place < scalars.count, scalars[place] == "." {
                place += 1
                while place < scalars.count, isDigit(scalars[place]) { place += 1 }
            }
            var text = String(String.UnicodeScalarView(scalars[start..<place]))
            if text.hasPrefix(".") { text = "0" + text }
            if text.hasSuffix(".") { text += "0" }
            guard let value = Double(text), value.isFinite else { throw .unexpected(start + 1) }
            return .number(value)
        }

        private mutating func call() throws(FormLogicError) -> FormNode {
            let start = place
            while place < scalars.count, isLetter(scalars[place]) || isDigit(scalars[place]) || "-_:.".unicodeScalars.contains(scalars[place]) { place += 1 }
            let name = String(String.UnicodeScalarView(scalars[start..<place]))
            blanks()
            guard place < scalars.count, scalars[place] == "(" else { throw .unexpected(start + 1) }
            place += 1
            guard let function = FormFunction(rawValue: name) else { throw .unknownFunction(name) }
            var parts: [FormNode] = []
            blanks()
            if place < scalars.count, scalars[place] == ")" { place += 1 } else {
                while true {
                    parts.append(try expression(0))
                    blanks()
                    guard place < scalars.count, scalars[place] == "," else { break }
                    place += 1
                }
                try close()
            }
            guard function.arguments.contains(parts.count) else { throw .arguments(name, needs: function.arguments) }
            switch function {
            case .regex: return try matches(parts)
            case .formatDate, .formatDateTime:
                guard case .text(let format) = parts[1] else { throw .formatNotText(name) }
                return .formatted(parts[0], try FormDateFormat(format, of: function))
            case .choiceName:
                guard case .text(let text) = parts[1], let asked = question(text) else { throw .choicesOfNothing }
                return .choiceName(parts[0], question: asked)
            case .sum, .count:
                guard case .reference = parts[0] else { throw .notAQuestion(name) }
                return .call(function, parts)
            case _: return .call(function, parts)
            }
        }

        private mutating func matches(_ parts: [FormNode]) throws(FormLogicError) -> FormNode {
            guard case .text(let pattern) = parts[1] else { throw .patternNotText }
            // Whoever writes a form must not make others wait for it.
            patterns += 1
            guard patterns <= FormLogic.mostPatterns else { throw .pattern(.tooLarge) }
            do { return .matches(parts[0], try FormPattern(pattern)) } catch { throw .pattern(error) }
        }

        /// The name in `${name}`, where a text is that and nothing else.
        private func question(_ text: String) -> String? {
            let text = FormTextTables.trimmed(text)
            guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
            let name = FormTextTables.trimmed(text.dropFirst(2).dropLast())
            return Questionnaire.isName(name) ? name : nil
        }

        private mutating func close() throws(FormLogicError) {
            blanks()
            guard place < scalars.count else { throw .endsEarly }
            guard scalars[place] == ")" else { throw .unexpected(place + 1) }
            place += 1
        }

        /// The operator that stands here, behind an operand. Words end where no letter follows.
        private mutating func nextOperator() -> FormOperator? {
            blanks()
            for symbol in ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "and", "div", "mod", "or"] where scalars[place...].starts(with: symbol.unicodeScalars) {
                let end = place + symbol.unicodeScalars.count
                if isLetter(symbol.unicodeScalars.first!), end < scalars.count, isLetter(scalars[end]) || isDigit(scalars[end]) || scalars[end] == "_" { continue }
                return FormOperator(rawValue: symbol)
            }
            return nil
        }

        private mutating func blanks() {
            while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
        }

        private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
        private func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
    }
}
