import SeamarkProtocol

/// Why the server did not take or give an attachment, in words.
struct AttachmentRefusal: Error {
    let code: Problem.Code
    let name: String

    var words: String {
        switch code {
        case .noSuchAttachment: "the server does not accept its evidence here: it may be in quarantine or deleted, or you are not staffed there"
        case .attachmentNotHere: "the server does not have its bytes yet; they are on the device of whoever attached it"
        case .attachmentTooLarge: "it is larger than the server takes; attach a smaller version"
        case .attachmentOverQuota: "the engagement or the tenant has reached the space for attachments; ask headquarters"
        case .attachmentMismatch: "its bytes did not arrive as they were; try again, and if it stays, check the disk"
        case .noRoomForAttachment: "the server's disk is full; try again later and tell headquarters"
        case let code: "the server refused it (\(code.rawValue)); try again"
        }
    }
}
