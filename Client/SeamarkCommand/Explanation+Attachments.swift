import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// Files that are attached, fetched and taken off.
extension Explanation {
    init(_ error: AttachmentSource.Failure) {
        self =
            switch error {
            case .missing(let path): Explanation(.notFound, "There is no file '\(path)'. Check its name.")
            case .unreadable(let path, let code): Self.system(code, "The file '\(path)'", otherwise: .notFound, "cannot be read (error \(code)). Check its permissions.")
            case .notAPlainFile(let path): Explanation(.refused, "'\(path)' is not a plain file but a link, directory, pipe or device. Name the file itself.")
            case .empty(let path): Explanation(.refused, "'\(path)' is empty: there is nothing to attach.")
            case .tooLarge(let path, let bytes):
                Explanation(.refused, "'\(path)' has \(bytesInWords(Int(clamping: bytes))); an attachment has at most 67.1 MB. Nothing of it was read. Attach a smaller version.")
            case .brokenPicture(let path, let fault):
                Explanation(
                    .refused,
                    "'\(path)' is a picture that is \(fault == .truncated ? "cut short" : "not as its format demands"), so that its place, time and device cannot be taken out. Nothing was stored. Save it anew with another program, or attach it as it is with --keep-metadata.")
            case .changed(let path): Explanation(.refused, "'\(path)' changed while it was read. Nothing was stored; wait until nobody writes to it, and attach it again.")
            }
    }

    init(_ error: Device.AttachmentFailure) {
        self =
            switch error {
            case .holdsNoEvidence(let type, let holders):
                Explanation(.refused, "\(withArticle(type).capitalizedFirst) holds no evidence. Attach to one of these: \(holders.joined(separator: ", ")); or leave --to out.")
            case .hasBytes(let name): Explanation(.refused, "\(name) has its bytes already, and these never change. Attach the file as evidence of its own.")
            case .noBytes(let name): Explanation(.notFound, "\(name) is a row without bytes. Give it some with 'seamark attach add FILE --to \(name)'.")
            case .notHere(let name): Explanation(.notFound, "The bytes of \(name) are not on this device, and could not be fetched. Run 'seamark attach get' again when there is a connection.")
            case .damaged(let name): Explanation(.damaged, "The bytes of \(name) on this device are damaged. Nothing was written; check the disk.").naming(Problem.Code.attachmentMismatch.rawValue)
            case .target(.exists(let path)): Explanation(.cannotWrite, "'\(path)' exists already. Choose another name.")
            case .target(.unwritable(let path, let code)):
                Self.system(code, "'\(path)'", otherwise: .cannotWrite, "cannot be written (error \(code)). Check the directory, its permissions and the free space.")
            case .noShelf: Explanation(.ourFault, "This store keeps no attachments.")
            }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
