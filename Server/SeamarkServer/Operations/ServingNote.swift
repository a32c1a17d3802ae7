internal import Foundation

/// What a server counted since it began, as it notes it down every few seconds for `status`. Counts only.
public struct ServingNote: Codable, Hashable, Sendable {
    /// When that server began, and when it noted this: milliseconds since 1970.
    public let began: Int64
    public let noted: Int64
    public let counts: ConnectionCounts

    /// Losing a note loses nothing: what cannot be written is not.
    func write(to directory: DataDirectory) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        try? PrivateFile.replace(directory.counts, Array(data))
    }

    /// Nil where no server ever ran, or another version did.
    static func read(from directory: DataDirectory) -> ServingNote? {
        guard let bytes = try? PrivateFile.read(directory.counts) else { return nil }
        return try? JSONDecoder().decode(ServingNote.self, from: Data(bytes))
    }
}
