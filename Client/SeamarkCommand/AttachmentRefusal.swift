import SeamarkClient
import SeamarkProtocol

/// Why the server did not take or give an attachment, in words.
struct AttachmentRefusal: Error {
    let code: Problem.Code
    let name: String
    /// Where it is too large: the most bytes that the server takes of one; nil where it did not say.
    let limit: Int?
    /// Bytes of the attachment; nil where several are spoken of.
    let size: Int?

    init(code: Problem.Code, name: String, limit: Int? = nil, size: Int? = nil) { (self.code, self.name, self.limit, self.size) = (code, name, limit, size) }

    /// Of one that is not named, as the laptop remembers it.
    init(_ refusal: AttachmentsWaiting.Refusal, size: Int? = nil) { self.init(code: Problem.Code(rawValue: refusal.code), name: "", limit: refusal.limit, size: size) }

    var words: String {
        switch code {
        case .noSuchAttachment: "the server does not accept its evidence here: it may be in quarantine or deleted, or you are not staffed there"
        case .attachmentNotHere: "the server does not have its bytes yet; they are on the device of whoever attached it"
        case .attachmentTooLarge: "\(tooLarge); attach a smaller version"
        case .attachmentOverQuota: "the engagement or the tenant has reached the space for attachments; ask headquarters"
        case .attachmentMismatch: "its bytes did not arrive as they were; try again, and if it stays, check the disk"
        case .noRoomForAttachment: "the server's disk is full; try again later and tell headquarters"
        case let code: "the server refused it (\(code.rawValue)); try again"
        }
    }

    private var tooLarge: String {
        guard let limit else { return "it is larger than the server takes" }
        // Rounded, the two may look the same.
        if let size, bytesInWords(size) == bytesInWords(limit) { return "it has \(size) bytes, and the server takes \(limit) of one at most" }
        return "it is larger than the \(bytesInWords(limit)) that the server takes"
    }
}
