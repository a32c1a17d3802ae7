import Foundation
import SeamarkJournal
import SeamarkModel

/// What a file is called and what it is, as its row says it. The path stays on the device, and the bytes of a name never become one.
public struct AttachmentName: Hashable, Sendable {
    /// 1 to 120 characters on one line.
    public let title: String
    /// A choice of the row's kind.
    public let kind: String
    public let mediaType: String

    public init(path: String) {
        let last = path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
        title = Self.title(last)
        let ending = last.contains(".") ? last.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
        (kind, mediaType) = Self.types[ending] ?? ("document", "application/octet-stream")
    }

    /// NFC, without anything that a terminal obeys or that turns the direction of what follows.
    static func title(_ name: String) -> String {
        var clean = ""
        for scalar in name.precomposedStringWithCanonicalMapping.unicodeScalars {
            clean.unicodeScalars.append(scalar.steers || scalar.properties.generalCategory == .format ? " " : scalar)
        }
        let words = clean.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        // A limit in characters holds for whoever counts code points too.
        var cut = String.UnicodeScalarView()
        for scalar in words.unicodeScalars.prefix(120) { cut.append(scalar) }
        let title = String(cut)
        return title.isEmpty ? "Attachment" : title
    }

    private static let types: [String: (kind: String, mediaType: String)] = [
        "jpg": ("photo", "image/jpeg"), "jpeg": ("photo", "image/jpeg"), "png": ("photo", "image/png"), "heic": ("photo", "image/heic"),
        "webp": ("photo", "image/webp"), "gif": ("photo", "image/gif"), "tif": ("photo", "image/tiff"), "tiff": ("photo", "image/tiff"),
        "mp3": ("audio", "audio/mpeg"), "m4a": ("audio", "audio/mp4"), "wav": ("audio", "audio/wav"), "ogg": ("audio", "audio/ogg"),
        "csv": ("extract", "text/csv"), "tsv": ("extract", "text/tab-separated-values"),
        "xlsx": ("extract", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "docx": ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        "pdf": ("document", "application/pdf"), "txt": ("document", "text/plain"), "md": ("document", "text/markdown"),
        "json": ("extract", "application/json"), "zip": ("document", "application/zip"),
    ]
}
