/// Keys that came all at once: more than fingers press between two looks are text that was pasted into a terminal which does not say so. A paste
/// of no more than `mostTyped` characters cannot be told from typing.
public enum KeyBurst {
    /// So many characters may come at once and be keys: somebody types ahead of a slow line.
    public static let mostTyped = 3

    public static func isOne(_ keys: [InterviewKey]) -> Bool {
        var count = 0
        for key in keys {
            if case .character = key { count += 1 }
            if count > mostTyped { return true }
        }
        return false
    }

    /// The keys as they are to be taken.
    ///
    /// Where a text is written it may come at once, and one Enter at its end stores it; with line breaks inside it is a paste, which stores nothing
    /// by itself, and what moves or deletes in it does so. Where keys are asked for a burst is a paste, of which nothing is a key.
    ///
    /// - Parameter isCut: something of it was left out.
    public static func taken(_ keys: [InterviewKey], inText: Bool, isCut: Bool = false) -> [InterviewKey] {
        guard isOne(keys) else { return keys }
        if inText, !keys.dropLast().contains(.enter) { return keys }
        var (text, taken) = ("", [InterviewKey]())
        for key in keys {
            switch key {
            case .character(let character): text.append(character)
            case .enter: text.append("\n")
            case .tab: text.append("\t")
            case .paste(let pasted, _): text += pasted
            case .backspace, .delete, .left, .right, .home, .end:
                guard inText else { continue }
                if !text.isEmpty { taken.append(.paste(text, isCut: false)) }
                taken.append(key)
                text = ""
            case .escape, .up, .down, .pageUp, .pageDown, .control, .unknown: break
            }
        }
        return taken.isEmpty || !text.isEmpty || isCut ? taken + [.paste(text, isCut: isCut)] : taken
    }
}
