public import SeamarkJournal
internal import SeamarkModel

/// Why the server keeps a change without applying it, as headquarters reads it: what is the matter, and what to do.
public enum QuarantineReason {
    public static func words(_ refusal: Refusal) -> String {
        switch refusal {
        case .notStaffed: "its author was not staffed on the engagement; staff the member and let the device sync, or release it"
        case .deviceRevoked: "the device was revoked; look at what it holds, then release it or leave it"
        case .roleForbids: "the member's role may not do this; let somebody do it who may, or release it"
        case .notTheAuthor: "only the author of the record may change this; ask them, or release it"
        case .headquartersOnly: "only headquarters writes this; write it yourself, or release it"
        case .withoutSensitive: "the log had lost it, and a laptop that may not read sensitive values gave it back without them; let a laptop that holds it whole sync, or restore a backup"
        case .setOnce: "the field was set before and never changes; ask for a new record, or release it"
        case .finalised: "the interview was finalised; have a lead reopen it, or release the change"
        case .wrongKind: "a value is not of its field's kind; have it captured again"
        case .outOfBounds: "a value is out of its field's bounds; have it captured again, or release it"
        case .badText: "a text is too long or holds characters that it may not; have it captured again"
        case .contradiction: "parts of a group contradict each other; have it captured again, or release it"
        case .wentBack: "a one-way state would go back; release it if that is meant"
        case .wrongSecrecy: "a sensitive value came in the open, or an open one as sensitive; update that laptop and have it captured again"
        case .wrongRecord: "it is not the record that its id stands for; have it captured again"
        case .unknownField: "this server does not know a field of it; update the server, then release it"
        case .missing: "something that must be given is missing; have the rest captured, then release it"
        case Refusal(rawValue: 4008): "the laptop's software was too old to write; update it and let it sync, or release the change"
        case _: "a reason (\(refusal.rawValue)) that this version does not know; update the server"
        }
    }
}
