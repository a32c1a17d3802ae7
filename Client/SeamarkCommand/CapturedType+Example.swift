import SeamarkModel

/// What the examples of `set`, `delete` and `restore` say, out of the example of `add`.
extension CapturedType {
    /// A record of this type as people call it: by its handle, by its parts, or by the beginning of its id.
    static var exampleName: String {
        if let prefix = type.handlePrefix { return "\(prefix)-A001" }
        return switch type.number {
        case Catalogue.answer.number: "IV-A001/LB1"
        case Catalogue.seamModeScore.number: "S-A001/approvalLatency"
        case Catalogue.initiativeTarget.number: "N-A001/L-A001"
        case Catalogue.overlap.number: "L-A004/L-A007"
        default: "3f9c0a17"
        }
    }

    /// The last `key=value` of the example; blanks in quotes part nothing.
    static var exampleChange: String {
        var words = [""]
        var isQuoted = false
        for character in example {
            if character == "\"" { isQuoted.toggle() }
            if character == " ", !isQuoted { words.append("") } else { words[words.count - 1].append(character) }
        }
        return words.last { !$0.hasPrefix("-") && $0.contains("=") } ?? ""
    }
}
