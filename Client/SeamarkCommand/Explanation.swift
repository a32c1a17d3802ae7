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
            case let error as KeyringError: Explanation(.notPermitted, "\(error). Give the passphrase with each command: --passphrase-fd N.")
            case let error as KeyAgentFailure:
                Explanation(.notPermitted, "\(Self.sentence("\(error)")) The kernel keeps no keys here either. Give the passphrase with each command: --passphrase-fd N.")
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

// MARK: - Where to work

extension Explanation {
    private init(_ error: TenantHome.Failure) {
        self =
            switch error {
            case .nowhere: Explanation(.notChosen, "Neither SEAMARK_HOME nor HOME is set. Set SEAMARK_HOME to a directory of yours.")
            case .cannotRead(let code): Self.system(code, "Seamark's directory", otherwise: .damaged, "cannot be read (error \(code)). Check its permissions.")
            case .cannotWrite(ENOSPC):
                Explanation(.cannotWrite, "The disk is full: Seamark's directory cannot be written to. Nothing of this step was kept; free some space and try again.")
            case .cannotWrite(EROFS):
                Explanation(.cannotWrite, "The disk is read-only: Seamark's directory cannot be written to. Nothing of this step was kept; make it writable and try again.")
            case .cannotWrite(let code):
                Self.system(code, "Seamark's directory", otherwise: .cannotWrite, "cannot be written to (error \(code)). Check its permissions and the free space.")
            case .badConfiguration: Explanation(.damaged, "current.json in Seamark's directory is not readable. Choose the tenant anew with 'seamark use TENANT'.")
            case .noTenant: Explanation(.notChosen, "This device is not enrolled anywhere. Run 'seamark enrol' with the invitation from headquarters.")
            case .notChosen(let names):
                Explanation(.notChosen, "Several tenants live on this device: \(names.joined(separator: ", ")). Choose one with 'seamark use TENANT', or name it with --tenant.")
            case .unknownTenant(let name, let names):
                Explanation(.notChosen, "There is no tenant '\(name)' on this device. \(Suggestion.sentence(name, among: names))There \(names.count == 1 ? "is" : "are") \(names.joined(separator: ", ")).")
            }
    }

    private init(_ error: Workplace.Failure) {
        self =
            switch error {
            case .locked(let tenant): Explanation(.notPermitted, "The store of \(tenant) is locked. Run 'seamark unlock', or give --passphrase-fd N.")
            case .lockedMeanwhile(let tenant, let then):
                Explanation(.notPermitted, "The store of \(tenant) was locked meanwhile, so this ended; what was stored before is safe. Run 'seamark unlock', then \(then).")
            case .damaged(let error, let waiting):
                Explanation(
                    .damaged,
                    Self.sentence("\(error)") + " " + (waiting.map { $0 == 0 ? "No change that waits is found in it." : "\(counted($0, "change")) \($0 == 1 ? "waits" : "wait") in it, readable." }
                        ?? "Who this device is cannot be read any more: keep the folder, and ask headquarters for a new invitation."))
            case .noEngagement: Explanation(.notChosen, "There is no engagement on this device yet. Run 'seamark sync'; if none comes, ask headquarters to staff you.")
            case .viewer:
                Explanation(.notPermitted, "You are a client viewer: this laptop holds what headquarters published for you and no records. 'seamark report' lists it.")
            case .revoked:
                Explanation(.notPermitted, "This device was revoked: it neither shows nor takes anything any more. 'seamark sync' hands in what it holds; ask headquarters.")
            case .toBeWiped(let tenant, let waiting, let because):
                Explanation(
                    .notPermitted,
                    (because.map { $0 + " " } ?? "")
                        + "Headquarters ordered \(tenant) wiped from this laptop: it neither shows nor takes anything any more. It still holds \(counted(waiting, "change")) without a receipt. "
                        + "'seamark sync' hands \(waiting == 1 ? "it" : "them") in and then wipes; 'seamark bundle export' writes \(waiting == 1 ? "it" : "them") to a file for headquarters. It is wiped in any case when headquarters has been heard \(OrderedWipe.mostContacts) times.")
            case .wiped(let tenant, let lost, let attachments, let isTold):
                Explanation(
                    .notPermitted,
                    "Headquarters ordered \(tenant) wiped from this laptop, and it is: nothing of it is here any more. "
                        + (lost == 0 ? "Its changes are with headquarters." : "\(counted(lost, "change")) had no receipt; what no sync or bundle brought to headquarters of \(lost == 1 ? "it" : "them") is lost.")
                        + (attachments == 0 ? "" : " \(counted(attachments, "attachment")) that \(attachments == 1 ? "was" : "were") not handed in \(attachments == 1 ? "is" : "are") lost.")
                        + (isTold ? " Headquarters knows." : " Headquarters could not be told; tell them."))
            case .leaseOver:
                Explanation(
                    .leaseOver,
                    "This device has not heard from headquarters for \(OfflineLease.days) days: it shows nothing until it does. Run 'seamark sync'. Nothing is lost, and capturing, 'seamark bundle export' and 'seamark status' go on.")
            case .unconfirmed(let words): Explanation(.awaitsConfirmation, WaitWords.sentence(words))
            case .withdrawn(let names, let waiting):
                Explanation(
                    .notPermitted,
                    "You are no longer staffed on \(names.joined(separator: ", ")). "
                        + (waiting == 0
                            ? "Everything you captured there is with the server."
                            : "\(counted(waiting, "change")) without a receipt \(waiting == 1 ? "is" : "are") kept here: 'seamark sync' hands in what was not handed in yet, and headquarters decides."))
            case .engagementNotChosen(let names):
                Explanation(.notChosen, "You work on several engagements: \(names.joined(separator: ", ")). Choose one with 'seamark use TENANT ENGAGEMENT', or name it with --engagement.")
            case .unknownEngagement(let name, let names):
                Explanation(.notChosen, "'\(name)' is none of your engagements. \(Suggestion.sentence(name, among: names))They are \(names.joined(separator: ", ")).")
            }
    }

    private init(_ error: Passphrase.Failure) {
        self =
            switch error {
            case .noTerminal: Explanation(.notPermitted, "There is no terminal to ask for the passphrase. Give it with --passphrase-fd N.")
            case .cancelled: Explanation(.notPermitted, "Cancelled. Nothing was changed.")
            case .tooLong: Explanation(.refused, "That is longer than \(Passphrase.longest) bytes. Use a shorter passphrase.")
            case .tooShort: Explanation(.refused, "A passphrase has at least \(Passphrase.shortest) characters. Four random words are a good one.")
            case .differ: Explanation(.refused, "The two passphrases differ. Nothing was done; try again.")
            case .badDescriptor(EIO): Explanation(.damaged, "The disk that the passphrase lies on failed (error \(EIO)). Check the disk, then try again.")
            case .badDescriptor(let code): Explanation(.usage, "The file descriptor given with --passphrase-fd cannot be read (error \(code)). Open it for reading, as in '3< file'.")
            }
    }

    private init(_ error: DeviceStoreError) {
        let status: ExitStatus =
            switch error {
            case .missing, .wiped: .notChosen
            case .exists: .refused
            case .lock(.wrongPassphrase), .wrongKey, .wrongRecoveryCode, .noRecovery: .notPermitted
            case .lock, .notAStore, .newerVersion, .damagedRow, .damagedFile, .wentBack, .settingRefused, .mustReopen, .readingOnly, .failed:
                .damaged
            case .noEntropy, .exhausted: .exhausted
            case .full, .readOnly: .cannotWrite
            case .busy, .syncRunning: .busy
            }
        let sentence = "\(error)"
        self.init(status, sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
    }
}

// MARK: - Capturing

extension Explanation {
    private init(_ error: Device.Refused) {
        self =
            switch error {
            case .complaints(let complaints): Explanation(Self.status(complaints), complaints.map { Self.words($0) }.joined(separator: "\n"))
            case .noSuchScope: Explanation(.notPermitted, "You are no longer staffed on this engagement, or this device does not hold it. Run 'seamark sync'.")
            case .consentWithdrawn(let person):
                Explanation(.refused, "\(person.isEmpty ? "Somebody in that interview" : person) has withdrawn consent: nothing more is captured of what they said. Nothing was stored. If they consent again, record a new person.")
            case .tooLarge: Explanation(.refused, "That is more than one change may hold (4,096 edits, 256 KB, or 0.9 MB with names, notes and quotes). Nothing was stored; do it in several steps.")
            }
    }

    static func status(_ complaints: [Complaint]) -> ExitStatus {
        // 3001 to 3005: who may do it; everything else is about what was said.
        complaints.allSatisfy { (3001...3005).contains($0.refusal.rawValue) } ? .notPermitted : .refused
    }

    static func words(_ complaint: Complaint) -> String {
        let text = complaint.description
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private init(_ error: RecordCapture.Failure) {
        self =
            switch error {
            case .words(let failure): Explanation(failure)
            case .draft(let problem): Explanation(problem.fault?.rule == .unknownMember ? .notFound : .refused, Self.sentence(problem.description))
            case .value(let words): Explanation(.refused, Self.sentence(words))
            case .find(let failure): Explanation(failure)
            case .exists(let name, let type): Explanation(.refused, "There is \(withArticle(type)) \(name) already. Change it with 'set \(name) key=value'.")
            case .existsDeleted(let name, let type): Explanation(.refused, "The \(type) \(name) was deleted. Bring it back with 'restore \(name)'.")
            case .handleTaken(let handle, let type): Explanation(.refused, "The handle \(handle) belongs to another \(type). Leave it out, and the next free one is given.")
            case .sameLine: Explanation(.refused, "An overlap is between two different lines. Name two, such as lines=L4,L7.")
            case .isDeleted(let name): Explanation(.refused, "\(name) was deleted. Bring it back with 'restore \(name)' before you change it.")
            case .notCaptured(let type): Explanation(.notPermitted, "\(Self.sentenceStart(withArticle(type))) is not captured on devices; headquarters writes it.")
            case .unknownField(let key, let type, let fields):
                Explanation(.notFound, "\(Self.sentenceStart(withArticle(type))) has no field '\(key)'. \(Suggestion.sentence(key, among: fields))It has \(fields.joined(separator: ", ")).")
            case .noConflict(let label): Explanation(.notFound, "There is no conflict about \(label) there. 'seamark conflicts' lists those that are open.")
            case .noSuchChoice(let number, let count): Explanation(.refused, "There is no value \(number); choose 1 to \(count), as 'seamark conflicts' numbers them.")
            case .settledOtherwise(let name): Explanation(.usage, "A deletion is settled with 'resolve \(name) --keep' or 'resolve \(name) --delete'.")
            case .notMergeable(let type): Explanation(.refused, "Two records of one type with handles are merged; this is \(withArticle(type)). Answers, mode scores, targets and overlaps meet by their parts.")
            case .isMerged(let name, let into): Explanation(.refused, "\(name) is merged into \(into) already. Use \(into), or take that back first with 'unmerge \(name)'.")
            case .notMerged(let name): Explanation(.notFound, "\(name) is not merged into another. 'seamark duplicates' lists what is.")
            case .inConflict(let name, let label): Explanation(.refused, "The \(label) of \(name) is in conflict. Settle that first; 'seamark conflicts' shows how.")
            case .undecided(let fields):
                Explanation(
                    .refused,
                    "Both say something else; nothing was merged. Choose for each, or say --rest keep:\n"
                        + fields.map { "  --take \($0.key)=keep   \($0.kept)\n  --take \($0.key)=gone   \($0.gone)" }.joined(separator: "\n"))
            case .noMerge(let reason): Explanation(.refused, "\(MergeWords.why(reason)) Take one with --choose, or write your own with --value or --editor.")
            case .notBoth(let label, let reason): Explanation(.refused, MergeWords.whyNotBoth(label, reason))
            case .overlaps(let count):
                Explanation(
                    .refused,
                    "Both changed the same place in \(counted(count, "place")); nobody chooses there but you. Say --merged --choose 1 (or 2) for that value's words in them, or --editor.")
            case .notSensitive(let label, let fields):
                Explanation(.refused, "The \(label) stands in the open in signed blocks and cannot be redacted. "
                    + (fields.isEmpty ? "Nothing of such a record can." : "What can be: \(fields.joined(separator: ", "))."))
            case .nothingToRedact(let label): Explanation(.notFound, "There is no \(label) there that is not redacted already.")
            case .unsent(let count):
                Explanation(
                    .refused, "\(counted(count, "change")) of yours \(count == 1 ? "is" : "are") not yet sent and would not be in it. Nothing was frozen: run 'seamark sync' first.")
            case .notSynced: Explanation(.refused, "This laptop has read nothing of the engagement yet. Nothing was frozen: run 'seamark sync' first.")
            case .formTooLong(let bytes, let most):
                Explanation(.refused, "The form takes \(bytesInWords(bytes)) with all its words, and one questionnaire at most \(bytesInWords(most)). Nothing was stored: make two of it, or leave languages out.")
            case .formNotKept: Explanation(.refused, "The form has a name, a language or a text that is too long to be kept (120 characters, texts 2,000). Nothing was stored.")
            case .tooManyTexts(let most): Explanation(.refused, "At most \(most) answers in words are taken at once. Nothing was stored; give the rest in another step.")
            case .unknownInstrument(let named, let known):
                Explanation(.notFound, "There is no instrument '\(named)' here. Nothing was captured: name \(known.joined(separator: " or ")), or leave it out for the engagement's.")
            case .unfinished(let name, let obstacles):
                Explanation(.refused, "\(name) is not finalised and nothing was changed. Before it is:\n" + obstacles.map { "  \($0.field ?? "interview"): \($0.words)" }.joined(separator: "\n"))
            case .recording(.nobodyKnown):
                Explanation(
                    .refused,
                    "A recording needs consent to audio of whoever is heard, and this belongs to no interview. Nothing was attached: name with --to the answer or observation that it belongs to.")
            case .recording(.notAgreed(let names)):
                Explanation(
                    .refused,
                    "A recording needs consent to audio, and \(names.joined(separator: ", ")) \(names.count == 1 ? "has" : "have") not given it. Nothing was attached: leave it out, or ask; who agrees to more than before is recorded as a new person.")
            case .noEntropy: Explanation(.exhausted, "\(NoEntropy()).")
            }
    }

    private init(_ error: CaptureWords.Failure) {
        self =
            switch error {
            case .notASet(let key): Explanation(.refused, "\(key) holds one value, not a set. Write \(key)=value.")
            case .missingPoint(let key, let point): Explanation(.refused, "\(key) needs low, likely and high together; \(point) is missing. Give \(key).\(point)=… too.")
            }
    }

    private init(_ error: RecordFinder.Failure) {
        self =
            switch error {
            case .notFound(let name, let types, let near):
                Explanation(
                    .notFound, "There is no \(types) called '\(name)' here. \(near.isEmpty ? "" : "Did you mean \(near.joined(separator: " or "))? ")'seamark list' shows what there is.")
            case .otherType(let name, let type, let wanted): Explanation(.notFound, "\(name) is \(withArticle(type)); wanted is \(withArticle(wanted)). 'seamark list' shows what there is.")
            case .concealed(let name): Explanation(.notFound, "\(name) is not shown: whoever said it has withdrawn consent.")
            case .ambiguous(let name, let names): Explanation(.notFound, "'\(name)' may be several: \(names.joined(separator: ", ")). Name one of them as it stands here, or by its id.")
            }
    }

    private init(_ error: EngagementExchange.Failure) {
        self =
            switch error {
            case .file(let error): Explanation(.refused, "The file was not imported; nothing was changed.\n" + Self.words(error))
            case .refused(let complaints):
                Explanation(
                    Self.status(complaints.map(\.complaint)),
                    "The file was not imported; nothing was changed.\n"
                        + complaints.prefix(EngagementFileError.mostProblems).map { "\($0.place?.words ?? "file"), \($0.complaint.key ?? "the row"): \($0.complaint.words)" }.joined(separator: "\n"))
            case .noEntropy: Explanation(.exhausted, "\(NoEntropy()).")
            }
    }

    /// Each problem begins with its place as the file spells it: no capital letter there.
    private static func words(_ error: EngagementFileError) -> String {
        if case .problems = error { "\(error)" } else { sentence("\(error)") }
    }

    private init(_ error: InputFile.Failure) {
        self =
            switch error {
            case .missing(let path): Explanation(.notFound, "There is no file '\(path)'. Check its name.")
            case .unreadable(let path, let code): Self.system(code, "The file '\(path)'", otherwise: .notFound, "cannot be read (error \(code)). Check its permissions.")
            case .tooLarge(let path, let most): Explanation(.refused, "'\(path)' is larger than \(bytesInWords(most)). Nothing of it was read.")
            case .notText(let path): Explanation(.refused, "'\(path)' is not UTF-8 text. Convert it first.")
            case .unwritable(let path, let code):
                Self.system(code, "'\(path)'", otherwise: .cannotWrite, "cannot be written (error \(code)). Check the directory, its permissions and the free space.")
            case .exists(let path): Explanation(.cannotWrite, "'\(path)' exists already. Choose another name, or say --replace.")
            }
    }

    private init(_ error: InterviewDesk.Closed) {
        self =
            switch error {
            case .wipeOrdered: Explanation(.notPermitted, "Headquarters ordered this laptop wiped meanwhile: the interview shows and takes nothing any more. 'seamark sync' hands in what waits and then wipes.")
            case .revoked: Explanation(Workplace.Failure.revoked)
            case .notStaffed: Explanation(Device.Refused.noSuchScope)
            }
    }

    private init(_ error: TextEditor.Left) {
        let cause = Explanation(error.cause)
        self.init(cause.status, "\(cause.sentence) What you wrote is kept for you alone in \(error.path), in memory: take it from there before this computer is switched off.")
    }

    private init(_ error: TextEditor.Failure) {
        self =
            switch error {
            case .nowhere: Explanation(.notChosen, "There is no directory in memory to edit in (XDG_RUNTIME_DIR or /dev/shm); texts are not put on a disk in the open. Give the text with --value or --value @-.")
            case .notStarted: Explanation(.notFound, "The editor could not be started, or ended with an error. Set EDITOR, or give the text with --value. Nothing was changed.")
            case .empty: Explanation(.refused, "The text is empty; nothing was changed. To clear the field, say --value -.")
            case .marksLeft: Explanation(.refused, "There are still places marked [[1: …]] or [[2: …]]; nothing was changed. Decide on each, then save.")
            }
    }

    private static func sentenceStart(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func sentence(_ text: String) -> String {
        let text = sentenceStart(text)
        return text.hasSuffix(".") ? text : text + "."
    }
}

// MARK: - The server

extension Explanation {
    /// Of enrolling: a sync says by itself what became of a renewal.
    private init(_ error: DoorFailure) {
        self =
            switch error {
            case .network(.serverNotGenuine):
                Explanation(
                    .serverRefused,
                    "This is not the server that was pinned: it does not prove the name and key that the invitation gives. Nothing was sent, and the invitation still serves. "
                        + "Paste the whole line as it was sent. If it was whole, somebody else may answer at that address: do not go on from this network; tell headquarters.")
            case .network(let failure): Explanation(failure, kept: "This device is not enrolled; the invitation still serves.")
            case .problem(let problem): Explanation(.serverRefused, Self.enrolling(problem))
            case .badAnswer(let words): Explanation(.serverRefused, "The server's answer does not hold together: \(words). Nothing was stored; tell headquarters.")
            }
    }

    private static func enrolling(_ problem: Problem) -> String {
        switch problem.code {
        case .unknownInvitation: "The server does not know this invitation. Check that the whole line was pasted, or ask headquarters for a new one."
        case .expiredInvitation: "This invitation has expired. Ask headquarters for a new one; it serves for a short time only."
        case .usedInvitation: "This invitation was used already. If that was not you, tell headquarters at once; otherwise ask for a new one."
        case _: "The server would not enrol this device (\(problem.code.rawValue)). Ask headquarters for a new invitation."
        }
    }

    private init(_ error: SyncRun.Failure) {
        let kept = error.acknowledged == 0
            ? "All work stays on this device." : "\(counted(error.acknowledged, "change")) arrived safely; everything else stays on this device."
        switch error.cause {
        case .network(let failure): self.init(failure, kept: kept)
        case .sync(let problem): self.init(problem, kept: kept)
        case .renewal(let problem):
            self.init(.serverRefused, "This device's certificate has expired, and was not renewed. \(Self.words(problem)) \(kept) 'seamark bundle export' writes its work to a file for headquarters.")
        case .stopped: self.init(.interrupted, "Stopped. \(kept) The next sync goes on where this one stopped.")
        }
    }

    private init(_ failure: NetworkFailure, kept: String) {
        self =
            switch failure {
            case .exhausted:
                Explanation(.exhausted, "The system gives no more open files or memory to connect with. \(kept) Close other programs, or raise the limit (ulimit -n), then try again.")
            case .unreachable: Explanation(.unreachable, "The server does not answer. \(kept) Try again when there is a connection.")
            case .cut: Explanation(.unreachable, "The connection broke. \(kept) Try again; it goes on where it stopped.")
            case .serverNotGenuine: Explanation(.serverRefused, "This is not the server that was pinned: its certificate is another. Nothing was sent. \(kept) Do not go on from this network; tell headquarters. If headquarters replaced the server's authority while this laptop was away, hand the work in with seamark bundle export, and ask for a new invitation.")
            case .refusedByServer: Explanation(.serverRefused, "The server refused this device's certificate. \(kept) It may be of another installation; ask headquarters.")
            case .certificateExpired:
                Explanation(.serverRefused, "The server takes this device's certificate for expired, though it was renewed just now. \(kept) Check the server's clock, or ask headquarters.")
            case .notSeamark: Explanation(.serverRefused, "What answers there does not speak Seamark's protocol. \(kept) Check the address, or update Seamark.")
            }
    }

    private init(_ problem: SyncProblem, kept: String) {
        self =
            switch problem {
            case .closedBeforeGreeting: Explanation(.serverRefused, "The server closed without a greeting: it does not take this device's certificate. \(kept) Ask headquarters.")
            case .cut: Explanation(.unreachable, "The connection broke. \(kept) Try again; it goes on where it stopped.")
            case .noCommonVersion: Explanation(.serverRefused, "The server speaks another version of the protocol. \(kept) Update Seamark.")
            case .forgedOrder:
                Explanation(.serverRefused, "The server ordered this laptop wiped, and headquarters did not sign that. Nothing was wiped. \(kept) Do not go on from this network; tell headquarters.")
            case .replacedServerKey:
                Explanation(.serverRefused, "The server signs with a key that headquarters had replaced: it was put back to before that, or is not headquarters'. Nothing was sent. \(kept) Tell headquarters: 'seamark-server tenant signing-key replace' makes another one.")
            case .forgedServerKey, .forgedReceipt: Explanation(.serverRefused, "What the server signed does not verify. \(kept) Tell headquarters: this is not as it should be.")
            case .server(let problem): Explanation(.serverRefused, Self.words(problem) + " \(kept)")
            case .epochRenewed: Explanation(.busy, "The server's log was put back again and again while this sync ran. \(kept) Try again.")
            case .blockRefused(let code):
                Explanation(.serverRefused, "The server does not take this device's work of one engagement as it is (\(code.rawValue)); what it took and had of other engagements is in. \(kept) Tell headquarters, and hand in the rest with 'seamark bundle export' if they ask for it.")
            case .unexpected, .streamRefused:
                Explanation(.serverRefused, "Server and device do not agree on the protocol. \(kept) Try again; if it stays, tell headquarters.")
            case .badEntry(_, let position, _): Explanation(.serverRefused, "Entry \(position) of the server's log does not hold together and was not taken. \(kept) Tell headquarters.")
            case .logDiffers(_, let position): Explanation(.serverRefused, "The server's log differs from what this device has read, at entry \(position). \(kept) Tell headquarters.")
            case .digestDiffers: Explanation(.serverRefused, "After reading the same log, device and server hold different states, and it could not be found out who is wrong. \(kept) Run 'seamark verify' and tell headquarters.")
            case .digestsContradict: Explanation(.serverRefused, "What the server says of its records contradicts itself. Nothing here was changed for it. \(kept) Tell headquarters: this is not as it should be.")
            }
    }

    private static func words(_ problem: Problem) -> String {
        switch problem.code {
        case .serverFault: "The server had a fault of its own and stored nothing of this step. Try again later."
        case .serverFull: "The server's disk is full, so it stored nothing of this step. Headquarters must make room there. Try again afterwards."
        case .storeDamaged: "The server's store of this client is damaged: it takes and gives nothing until headquarters restores it from a backup. Tell headquarters."
        case .tooSlow: "The server waited too long and closed. Try again."
        case .deviceRevoked: "This device was revoked. Ask headquarters."
        case .awaitsConfirmation: "Headquarters must confirm this device before it goes on. Run 'seamark sync' again; it shows the words to read to headquarters."
        case .renewalsUsedUp: "The server renewed this device's certificate several times within an hour. Try again in an hour; if nobody tried so often, tell headquarters: somebody else may hold a copy of this laptop's store."
        case .unknownCertificate, .badProof: "The server does not know this device. Ask headquarters for a new invitation."
        case .outdatedSchema: "This Seamark is too old to write. Update it; the work is kept."
        case .tooOldToRead: "This Seamark is too old to read here. What it captured was handed in; update it."
        case _: "The server named a problem (\(problem.code.rawValue))."
        }
    }
}

// MARK: - Attachments

extension Explanation {
    private init(_ error: AttachmentSource.Failure) {
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

    private init(_ error: Device.AttachmentFailure) {
        self =
            switch error {
            case .holdsNoEvidence(let type, let holders):
                Explanation(.refused, "\(withArticle(type).capitalizedFirst) holds no evidence. Attach to one of these: \(holders.joined(separator: ", ")); or leave --to out.")
            case .hasBytes(let name): Explanation(.refused, "\(name) has its bytes already, and these never change. Attach the file as evidence of its own.")
            case .noBytes(let name): Explanation(.notFound, "\(name) is a row without bytes. Give it some with 'seamark attach add FILE --to \(name)'.")
            case .notHere(let name): Explanation(.notFound, "The bytes of \(name) are not on this device, and could not be fetched. Run 'seamark attach get' again when there is a connection.")
            case .damaged(let name): Explanation(.damaged, "The bytes of \(name) on this device are damaged. Nothing was written; check the disk.")
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
