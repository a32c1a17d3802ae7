import Glibc
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// What a sync says on one line of a terminal while it runs: where it is (an engagement, an attachment), how much of that is done, and how long it
/// will take yet. It takes what fits into the width; on no terminal it says nothing.
struct SyncProgress {
    /// What a scope or a row of evidence is called; asked once for each.
    private let name: (Identifier, _ record: Identifier?) -> String
    private var names: [[Identifier]: String] = [:]
    private var scopes: [Identifier: Pace] = [:]
    private var attachment: (record: Identifier, pace: Pace)?
    private var attachments = Pace()
    /// Bytes that had passed when the scope of now was begun.
    private var begun: (scope: Identifier, bytes: Int)?
    private var shown: Int64?

    init(name: @escaping (Identifier, _ record: Identifier?) -> String) { self.name = name }

    init(_ place: Workplace) {
        let device = place.device
        self.init { scope, record in
            guard let state = try? device.state, let known = state.scopes[scope] else { return "engagement" }
            guard known.kind == .engagement else { return "directory" }
            guard let finder = RecordFinder(state, scope: scope) else { return "engagement" }
            if let record { return finder.name(of: record) }
            return finder.view(scope)?.handle ?? (known.name.isEmpty ? "engagement" : known.name)
        }
    }

    /// Ten times a second at most: a line that nobody could read costs time all the same.
    mutating func show(_ progress: SyncRun.Progress) {
        guard let room = Terminal.errorWidth else { return }
        let now = Self.now()
        let line = line(progress, at: now, room: room)
        if let shown, now - shown < 100 { return }
        shown = now
        Terminal.progress(line)
    }

    /// - Parameters:
    ///   - time: milliseconds of a clock that only goes forward.
    ///   - room: columns.
    mutating func line(_ progress: SyncRun.Progress, at time: Int64, room: Int) -> String {
        let passed = progress.bytesSent + progress.bytesReceived
        for scope in progress.scopes { scopes[scope.id, default: Pace()].note(left: scope.changesLeft + scope.entriesLeft, at: time) }
        attachments.note(left: progress.attachmentBytesLeft, at: time)
        if let one = progress.attachment {
            if attachment?.record != one.record { attachment = (one.record, Pace()) }
            attachment?.pace.note(left: one.bytesLeft, at: time)
        }
        if let scope = progress.scopes.first, let pace = scopes[scope.id] {
            if begun?.scope != scope.id { begun = (scope.id, passed) }
            let bytes = passed - (begun?.bytes ?? 0)
            let what = [(scope.changesLeft, counted(scope.changesLeft, "change") + " to send"), (scope.entriesLeft, counted(scope.entriesLeft, "entry", "entries") + " to fetch")]
                .filter { $0.0 > 0 }.map(\.1).joined(separator: ", ")
            let left = pace.done > 0 && bytes > 0 ? "about \(bytesInWords(Int(Double(bytes) / Double(pace.done) * Double(pace.left)))) more" : nil
            let others = progress.scopes.count > 1 ? "\(progress.scopes.count - 1) more after it" : nil
            return Self.fit(called(scope.id, nil), pace.fraction, [what, Self.time(pace, time), left, bytesInWords(passed) + " so far", others], short: Self.shortTime(pace, time), room)
        }
        guard let one = progress.attachment, let pace = attachment?.pace else {
            return Self.fit("Syncing", nil, ["\(bytesInWords(progress.bytesSent)) sent", "\(bytesInWords(progress.bytesReceived)) received"], short: nil, room)
        }
        let others = progress.attachmentsLeft > 1
            ? "all \(progress.attachmentsLeft): \(bytesInWords(progress.attachmentBytesLeft))" + (Self.time(attachments, time).map { ", " + $0 } ?? "") : nil
        return Self.fit(
            called(one.scope, one.record), one.size == 0 ? 1 : Double(one.size - one.bytesLeft) / Double(one.size), ["\(bytesInWords(one.size - one.bytesLeft)) of \(bytesInWords(one.size))", Self.time(pace, time), others],
            short: Self.shortTime(pace, time), room)
    }

    private mutating func called(_ scope: Identifier, _ record: Identifier?) -> String {
        let key = [scope, record].compactMap { $0 }
        if let known = names[key] { return known }
        let new = TerminalText.shortened(TerminalText.line(name(scope, record)), to: 24)
        // What is not read yet has another name later.
        if new != "engagement" { names[key] = new }
        return new
    }

    private static func time(_ pace: Pace, _ time: Int64) -> String? { shortTime(pace, time).map { $0 + " left" } }

    private static func shortTime(_ pace: Pace, _ time: Int64) -> String? {
        guard pace.left > 0, let seconds = pace.secondsLeft(at: time) else { return nil }
        return seconds < 90 ? "\(seconds) s" : seconds < 5400 ? "\((seconds + 59) / 60) min" : "\((seconds + 3599) / 3600) h"
    }

    /// As much as fits, the first part before the others; a bar where there is room for it.
    private static func fit(_ name: String, _ fraction: Double?, _ parts: [String?], short: String?, _ room: Int) -> String {
        let parts = parts.compactMap { $0 }
        func bar(_ width: Int) -> String {
            guard let fraction else { return "" }
            let filled = min(width, max(0, Int(fraction * Double(width))))
            return " [" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
        }
        for width in [20, 10] {
            for count in stride(from: parts.count, through: 1, by: -1) {
                let line = name + bar(width) + " " + parts.prefix(count).joined(separator: ", ")
                if TerminalText.width(line) <= room, count == parts.count || width == 10 { return line }
            }
        }
        let percent = fraction.map { " \(Int($0 * 100)) %" } ?? ""
        let time = short.map { ", " + $0 } ?? ""
        for line in [name + bar(10) + percent + time, name + percent + time, name + percent] where TerminalText.width(line) <= room { return line }
        return TerminalText.shortened(name, to: room)
    }

    private static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
