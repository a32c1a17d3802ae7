import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// What went wrong and what to do, as sentences, and the exit status: the one place where errors become words.
struct Explanation {
    let status: ExitStatus
    let sentence: String

    init(_ status: ExitStatus, _ sentence: String) {
        self.status = status
        self.sentence = RepeatedWords.bounded(sentence, CommandLine.arguments)
    }

    init(_ error: any Error) {
        self =
            switch error {
            case let error as Explained: error.explanation
            case let error as TenantHome.Failure: Explanation(error)
            case let error as Workplace.Failure: Explanation(error)
            case let error as Passphrase.Failure: Explanation(error)
            case let error as DeviceStoreError: Explanation(error)
            case let error as Device.UnnotedClock:
                Explanation(.cannotWrite, "This laptop's clock stands before what it showed here earlier, and that cannot be noted down, so nothing is shown. Set the clock. \(Explanation(error.cause).sentence)")
            case let error as KeyringError: Explanation(.notPermitted, "\(error). Give the passphrase with each command: --passphrase-fd N.")
            case let error as KeyAgentFailure:
                Explanation(.notPermitted, "\(Self.sentence("\(error)")) The kernel keeps no keys here either. Give the passphrase with each command: --passphrase-fd N.")
            case is MistypedCode:
                Explanation(.refused, "This is no recovery code: it has seven groups of four letters and digits, and one of them is mistyped. Nothing was tried with it.")
            case let error as PassphraseLockError: Explanation(DeviceStoreError.lock(error))
            case let error as SeamarkClient.Invitation.Malformed:
                Explanation(.refused, "This is no invitation: \(error.part) is wrong. Paste the whole line that headquarters sent, beginning with seamark://.")
            case let error as DoorFailure: Explanation(error)
            case let error as SyncRun.Failure: Explanation(error)
            case let error as SyncRun.BudgetTooSmall:
                Explanation(.usage, "Connecting alone may take \(bytesInWords(error.least)). Nothing was begun: say --max-bytes \(ByteCount(error.least).atLeast) or more.")
            case let error as Device.Refused: Explanation(error)
            case let error as RecordCapture.Failure: Explanation(error)
            case is PriceWords.NotSaved: Explanation(.refused, "Nothing was saved. Give the range again, wide enough that no year falls outside.")
            case let error as CaptureWords.Failure: Explanation(error)
            case let error as RecordFinder.Failure: Explanation(error)
            case let error as Assignment.Malformed:
                Explanation(.usage, "'\(error.word)' is not key=value. Write for example title=\"Night shift overtime\", or evidence+=EV2 for a set.")
            case is InterviewDesk.Finalised: Explanation(.refused, "The interview is finalised: its answers stand, and this was not stored. A lead can reopen it.")
            case is InterviewDesk.Withdrawn: Explanation(.refused, "Consent was withdrawn meanwhile: this was not stored.")
            case let error as InterviewDesk.Closed: Explanation(error)
            case is InterviewDrafts.Full: Explanation(.refused, "The texts that are begun on this laptop are as long as they may be together. Store or empty some of them first.")
            case is InterviewDesk.Gone: Explanation(.refused, "The interview was deleted, or merged into another, meanwhile: this was not stored. Bring it back with 'seamark interview restore', or go on in the other.")
            case let error as EngagementExchange.Failure: Explanation(error)
            case let error as InputFile.Failure: Explanation(error)
            case let error as SettingsFile.Failure: Explanation(.refused, error.line.map { "line \($0) of '\(error.path)' \(error.words): change that line, or take it out." } ?? "'\(error.path)' \(error.words): make it a file of yours that nobody else may write to.")
            case let error as TextEditor.Failure: Explanation(error)
            case let error as TextEditor.Left: Explanation(error)
            case let error as AttachmentSource.Failure: Explanation(error)
            case let error as Device.AttachmentFailure: Explanation(error)
            case let error as Device.BundleFailure: Explanation(error)
            case let error as AttachmentRefusal: Explanation(.serverRefused, "\(error.name) was not fetched: \(error.words).")
            case let error as WorkbookWriter.Failure: Explanation(.refused, "The file was not written: \(error.words).")
            case let error as FormCaptureFailure: Explanation(error.isNotFound ? .notFound : .refused, error.words)
            case let error as InterviewCarryFailure: Explanation(error.isNotFound ? .notFound : .refused, error.words)
            case let error as FormFileError: Explanation(.refused, "\(Self.sentence("\(error)"))")
            case let error as SnapshotError:
                Explanation(error.kind == .notFound ? .notFound : .refused, Self.sentence("\(error.wrong); \(error.remedy)"))
            case let error as ReportError: Explanation(.refused, Self.sentence("\(error)"))
            case let error as ProcessHardening.Refusal: Explanation(.ourFault, "\(error).")
            case let error as OpenFiles.TooFew: Explanation(.exhausted, Self.sentence("\(error)"))
            case is NoEntropy: Explanation(.exhausted, "\(NoEntropy()).")
            case let error as DecodeError: Explanation(.damaged, "The store holds bytes that cannot be read (\(error)). Copy its directory away, then run 'seamark verify'.")
            case _: Explanation(.ourFault, "Something unforeseen happened (\(type(of: error))). Nothing of this step was kept; please report it.")
            }
    }
}

extension Explanation {
    /// With the number by which headquarters finds it in the specification, unless the sentence has it already.
    func naming(_ problem: UInt32?) -> Explanation {
        guard let problem, !sentence.contains("(\(problem))") else { return self }
        return Explanation(status, "\(sentence) (Problem \(problem).)")
    }

    /// What the system's number says of a file or directory that a person may look after; `otherwise` for what is theirs to put right.
    static func system(_ code: Int32, _ what: String, otherwise status: ExitStatus, _ words: String) -> Explanation {
        switch code {
        case EIO: Explanation(.damaged, "\(what) lies on a disk that failed (error \(code)). Check the disk, then try again.")
        case EMFILE, ENFILE, ENOMEM:
            Explanation(.exhausted, "\(what) was not opened: the system gives no more open files or memory. Close other programs, or raise the limit (ulimit -n), then try again.")
        case _: Explanation(status, "\(what) \(words)")
        }
    }
}

/// An error that a verb explains by itself.
struct Explained: Error {
    let explanation: Explanation

    init(_ status: ExitStatus, _ sentence: String) { explanation = Explanation(status, sentence) }
}

extension Explanation {
    static func sentenceStart(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    static func sentence(_ text: String) -> String {
        let text = sentenceStart(text)
        return text.hasSuffix(".") ? text : text + "."
    }
}
