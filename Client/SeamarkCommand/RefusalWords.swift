import SeamarkJournal
import SeamarkModel

/// Why the server keeps a change in quarantine, and what may be done.
enum RefusalWords {
    static func words(_ refusal: Refusal) -> String {
        switch refusal {
        case .notStaffed: "you were not staffed on the engagement; headquarters can release it"
        case .deviceRevoked: "the device was revoked; headquarters can release it"
        case .roleForbids: "your role may not do this; ask a lead to do it"
        case .notTheAuthor: "only its author may change this; add your own"
        case .headquartersOnly: "only headquarters writes this; ask them to"
        case .setOnce: "it was set once and never changes; make a new record"
        case .finalised: "its interview was finalised; a lead can reopen that"
        case .wrongKind: "the value is not of the field's kind"
        case .outOfBounds: "the value is out of the field's bounds"
        case .badText: "a text is too long or holds characters that it may not"
        case .contradiction: "the parts of a group contradict each other"
        case .wentBack: "a one-way state would go back"
        case .wrongSecrecy: "a sensitive value travelled in the open, or the other way round; update Seamark"
        case .wrongRecord: "it is not the record that its id stands for"
        case .unknownField: "the server does not know the field; it is kept until it does"
        case .missing: "something that must be given is missing"
        case _: "the server's reason \(refusal.rawValue) needs a newer version of Seamark"
        }
    }
}
