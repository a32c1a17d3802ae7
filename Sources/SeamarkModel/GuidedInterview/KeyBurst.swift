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

    /// Bytes that came to the terminal while nobody read them.
    public struct Arrival: Hashable, Sendable {
        /// When they were seen to be there, by a clock that only goes on.
        public let milliseconds: Int64
        public let bytes: Int

        public init(milliseconds: Int64, bytes: Int) { (self.milliseconds, self.bytes) = (milliseconds, bytes) }
    }

    /// Milliseconds in which fingers bring no more than `mostTyped` bytes.
    public static let glance: Int64 = 100

    /// Did they come as fingers bring them, one after the other? Then they are keys, however many wait: a slow disk is no paste.
    public static func wereTyped(_ arrivals: [Arrival]) -> Bool {
        var (first, count) = (0, 0)
        for arrival in arrivals {
            count += arrival.bytes
            while arrivals[first].milliseconds <= arrival.milliseconds - glance {
                count -= arrivals[first].bytes
                first += 1
            }
            if count > mostTyped { return false }
        }
        return true
    }

    /// The keys as they are to be taken.
    ///
    /// Where a text is written it may come at once, and one Enter at its end stores it; with line breaks inside it is a paste, which stores nothing
    /// by itself, and what moves or deletes in it does so. Where keys are asked for a burst is a paste, of which nothing is a key.
    ///
    /// Ctrl-C in a burst is pressed by somebody who wants out of it: it comes behind what stands before it, and what follows is left out.
    ///
    /// - Parameter isCut: something of it was left out.
    public static func taken(_ keys: [InterviewKey], inText: Bool, isCut: Bool = false) -> [InterviewKey] {
        guard isOne(keys) else { return keys }
        if let end = keys.firstIndex(of: .control("c")) {
            // The text before it is not stored by what it ends with.
            let before = keys[..<end]
            return pasted(Array(before.last == .enter ? before.dropLast() : before), inText, isCut) + [.control("c")]
        }
        return pasted(keys, inText, isCut)
    }

    private static func pasted(_ keys: [InterviewKey], _ inText: Bool, _ isCut: Bool) -> [InterviewKey] {
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
