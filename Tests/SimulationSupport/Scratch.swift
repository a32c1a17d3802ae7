internal import Foundation
internal import Synchronization

/// A place for what lies in files of the system all the same: bundles on their sticks. In memory where the system has such a place. Gone with
/// its schedule. What lies here does not lose what was not synced: that is for the torture of the shipped programs.
final class Scratch: Sendable {
    private let path: String
    private let made = Atomic<Int>(0)

    init() throws {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
        var template = Array((parent + "/seamark-simulate-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something new.
    func name() -> String { path + "/\(made.wrappingAdd(1, ordering: .relaxed).newValue)" }
}
