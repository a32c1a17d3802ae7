import ArgumentParser
import SeamarkClient

/// What `seamark` ends with. The numbers are stable (up to 78 those of sysexits.h); scripts lean on them.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    /// The command line was not understood.
    case usage = 64
    /// A value or file was refused; nothing was changed.
    case refused = 65
    /// No such record, field or file.
    case notFound = 66
    /// The server does not answer; all work stays on this device.
    case unreachable = 69
    /// A mistake of Seamark's own.
    case ourFault = 70
    /// The system gives too little: open files, memory, randomness.
    case exhausted = 71
    /// A file cannot be written, or the disk is full.
    case cannotWrite = 73
    /// The disk failed, or the store is damaged.
    case damaged = 74
    /// Another process is at it; try again.
    case busy = 75
    /// The server refused, or said what does not hold together.
    case serverRefused = 76
    /// Locked, wrong passphrase, or not permitted to this member.
    case notPermitted = 77
    /// Not enrolled, or no tenant or engagement chosen.
    case notChosen = 78
    /// This device has not heard from headquarters for so long that it shows nothing; capturing goes on.
    case leaseOver = 79
    /// Headquarters has not confirmed this device's words: nothing is sent, fetched or shown until it has; capturing goes on.
    case awaitsConfirmation = 80
    /// Ctrl-C or SIGTERM ended a sync before its end. What has a receipt is safe, the rest waits here.
    case interrupted = 130

    /// In a few words, for the table in the help.
    var words: String {
        switch self {
        case .done: "done"
        case .usage: "the command line was not understood"
        case .refused: "a value or file was refused; nothing was changed"
        case .notFound: "no such record, field or file"
        case .unreachable: "the server does not answer; all work stays on this device"
        case .ourFault: "a mistake of Seamark's own; please report it"
        case .exhausted: "the system gives too few open files, or too little memory or randomness"
        case .cannotWrite: "a file cannot be written, or the disk is full"
        case .damaged: "the disk failed, or the store is damaged"
        case .busy: "another process is at it (another sync); try again"
        case .serverRefused: "the server refused, or said what does not hold together"
        case .notPermitted: "locked, wrong passphrase, or not permitted to you"
        case .notChosen: "not enrolled, or no tenant or engagement chosen"
        case .leaseOver: "out of touch with headquarters for \(OfflineLease.days) days: nothing is shown until a sync; capturing goes on"
        case .awaitsConfirmation: "headquarters has not confirmed this device's six words; capturing goes on"
        case .interrupted: "a sync was stopped (Ctrl-C); what has a receipt is safe, the rest waits here"
        }
    }

    static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + "\(number)  \(status.words)"
        }.joined(separator: "\n")
    }
}
