import Foundation
import Glibc
import SeamarkCrypto

/// Files that a person names: read whole and within bounds, or written whole.
enum InputFile {
    enum Failure: Error {
        case missing(String)
        case unreadable(String, code: Int32)
        case tooLarge(String, Int)
        case notText(String)
        case unwritable(String, code: Int32)
        case exists(String)

        init(_ code: Int32, reading path: String) { self = code == ENOENT ? .missing(path) : .unreadable(path, code: code) }
    }

    /// `-` is standard input.
    static func read(_ path: String, atMost most: Int) throws(Failure) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing(path) : .unreadable(path, code: errno) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path, code: errno) }
            if count == 0 { return bytes }
            guard bytes.count + count <= most else { throw .tooLarge(path, most) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    static func exists(_ path: String) throws(Failure) -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT else { throw Failure(errno, reading: path) }
        return false
    }

    /// A new file could be made there.
    static func requireWritable(beside path: String) throws(Failure) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard access(folder, W_OK | X_OK) == 0 else { throw .unwritable(path, code: errno) }
    }

    /// Text without its last line break.
    static func text(_ path: String, atMost most: Int) throws(Failure) -> String {
        var bytes = try read(path, atMost: most)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path) }
        return text
    }

    /// A new file for its owner alone, whole or not at all; what else lies beside it stays as it is.
    static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(Failure) {
        if !replacing, access(path, F_OK) == 0 { throw .exists(path) }
        do throws(DraftFile.Fault) {
            let draft = try DraftFile(path)
            try draft.write(bytes)
            try draft.finish(replacing: replacing)
        } catch {
            switch error {
            case .exists: throw Failure.exists(path)
            case .system(let code): throw Failure.unwritable(path, code: code)
            }
        }
    }
}
