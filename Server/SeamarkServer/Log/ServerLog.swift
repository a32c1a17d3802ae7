internal import Logging
internal import SeamarkProtocol
internal import Synchronization

/// The only place where the server writes a line. A line is one event with its fields, and stays one line whatever they hold.
final class ServerLog: Sendable {
    private let logger: Logger
    private let milliseconds: @Sendable () -> Int64
    private let allowance = Mutex(LogAllowance())

    /// - Parameter milliseconds: a clock that never goes back.
    init(_ logger: Logger, milliseconds: @escaping @Sendable () -> Int64) {
        self.logger = logger
        self.milliseconds = milliseconds
    }

    func note(_ event: ServerEvent, _ fields: [ServerEvent.Field: String] = [:]) {
        // A level that is not written costs no line of the allowance.
        guard event.level >= logger.logLevel else { return }
        let (isWritten, leftOut) = allowance.withLock { $0.ask(event, at: milliseconds()) }
        if leftOut > 0 { write(.suppressed, [.event: event.rawValue, .count: String(leftOut)]) }
        if isWritten { write(event, fields) }
    }

    /// Tells what was left out and not told yet.
    func close() {
        for (event, count) in allowance.withLock({ $0.close() }) { write(.suppressed, [.event: event.rawValue, .count: String(count)]) }
    }

    private func write(_ event: ServerEvent, _ fields: [ServerEvent.Field: String]) {
        var metadata: Logger.Metadata = ["id": .string(event.rawValue)]
        for field in event.fields {
            if let value = fields[field] { metadata[field.rawValue] = .string(Self.plain(value)) }
        }
        logger.log(level: event.level, "\(event.sentence)", metadata: metadata)
    }

    static let longestValue = 300

    /// One line of printable characters; in quotes where it is not one word, so that fields can be told apart.
    static func plain(_ value: String) -> String {
        var out = ""
        for scalar in value.unicodeScalars.prefix(longestValue) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: out += "?"
            default: out.unicodeScalars.append(scalar == "\"" ? "'" : scalar)
            }
        }
        let isWord = !out.isEmpty && out.unicodeScalars.allSatisfy { $0 != " " && $0 != "=" && $0 != "'" }
        return isWord ? out : "\"" + out + "\""
    }
}

extension Problem.Code {
    /// As a line says it.
    var written: String { String(rawValue) }
}
