/// One surviving edit of a target: what it says, who says it, when.
public struct Head: Hashable, Sendable {
    public let name: EditName
    /// The lesser of the stamp's time and the time the server received the change; for a change that the log does not
    /// hold yet, the stamp's time. Milliseconds since 1970.
    public let effective: Int64
    public let stamp: Stamp
    public let member: Identifier
    public let content: Content
    /// For `life`: the field heads that whoever deleted the record had seen.
    public let witnessed: [EditName]

    public init(
        name: EditName, effective: Int64, stamp: Stamp, member: Identifier, content: Content, witnessed: [EditName] = []
    ) {
        self.name = name
        self.effective = effective
        self.stamp = stamp
        self.member = member
        self.content = content
        self.witnessed = witnessed
    }

    /// Is this head shown before `other`? Greatest effective time, then device, then the device's own order, then name.
    /// Decides what is shown first, never what survives.
    public func isShown(before other: Head) -> Bool {
        if effective != other.effective { return effective > other.effective }
        if stamp.device != other.stamp.device { return stamp.device > other.stamp.device }
        if stamp.time != other.stamp.time { return stamp.time > other.stamp.time }
        return name > other.name
    }
}
