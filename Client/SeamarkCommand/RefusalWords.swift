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
        case .withoutSensitive: "headquarters has it back without its sensitive values; sync the laptop that holds it whole"
        case .setOnce: "it was set once and never changes; make a new record"
        case .finalised: "its interview was finalised; a lead can reopen that"
        case .wrongKind: "the value is not of the field's kind; capture it again"
        case .outOfBounds: "the value is out of the field's bounds; correct it with 'set'"
        case .badText: "a text is too long or holds characters that it may not; correct it with 'set'"
        case .contradiction: "the parts of a group contradict each other; correct them with 'set'"
        case .wentBack: "a one-way state would go back; headquarters can release it if that is meant"
        case .wrongSecrecy: "a sensitive value travelled in the open, or the other way round; update Seamark"
        case .wrongRecord: "it is not the record that its id stands for; make the record anew"
        case .unknownField: "the server does not know the field; it is kept until it does"
        case .missing: "something that must be given is missing; add it with 'set', and headquarters can release this"
        case Refusal(rawValue: 4008): "this Seamark was too old to write; update it and sync"
        case _: "the server's reason \(refusal.rawValue) needs a newer version of Seamark"
        }
    }
}
