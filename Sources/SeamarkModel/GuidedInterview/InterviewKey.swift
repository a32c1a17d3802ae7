/// What a person pressed.
public enum InterviewKey: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, delete, tab
    case left, right, up, down, home, end, pageUp, pageDown
    /// With the control key held; a small letter.
    case control(Character)
    /// Text that the terminal says was pasted, and whether its end was left out.
    case paste(String, isCut: Bool)
    /// Something of a terminal that means nothing here.
    case unknown
}
