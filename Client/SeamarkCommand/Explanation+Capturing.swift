import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// What was typed, and what it met.
extension Explanation {
    init(_ error: Device.Refused) {
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

    init(_ error: RecordCapture.Failure) {
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
            case .withItself(let name): Explanation(.refused, "\(name) is one record. Name two: the one that stays, and the one that it stands for.")
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
            case .quote(.notAgreed(let names)):
                Explanation(
                    .refused,
                    "\(names.joined(separator: ", ")) \(names.count == 1 ? "has" : "have") not agreed to being quoted. Nothing was stored: write a note in your own words instead, with 'seamark observation add'. Who agrees to more than before is recorded as a new person.")
            case .quote(.attribution(let names, let loosest)):
                Explanation(
                    .refused,
                    "That attribution tells more of \(names.joined(separator: ", ")) than was agreed to. Nothing was stored: say attribution=\(loosest), or one that is stricter."
                        + (loosest == "roleOk" ? " Nobody is quoted by name." : " Naming the role needs consent to 'role'."))
            case .notInInterview(let person, let interview, let people):
                Explanation(
                    .refused,
                    "\(person) is not in \(interview), which is with \(people.joined(separator: ", ")). Nothing was stored: name one of its people, or add somebody with 'seamark interview set \(interview) persons+=\(person)'.")
            case .endsBeforeStart(let name): Explanation(.refused, "\(name) would end before it starts. Nothing was stored: correct endedAt or startedAt.")
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

    init(_ error: CaptureWords.Failure) {
        self =
            switch error {
            case .notASet(let key): Explanation(.refused, "\(key) holds one value, not a set. Write \(key)=value.")
            case .givenTwice(let key): Explanation(.usage, "\(key) is given twice, and holds one value. Nothing was stored; give it once.")
            case .missingPoint(let key, let point): Explanation(.refused, "\(key) needs low, likely and high together; \(point) is missing. Give \(key).\(point)=… too.")
            }
    }

    init(_ error: RecordFinder.Failure) {
        self =
            switch error {
            case .notFound(let name, let types, let near):
                Explanation(
                    .notFound, "There is no \(types) called '\(name)' here. \(near.isEmpty ? "" : "Did you mean \(near.joined(separator: " or "))? ")'seamark list' shows what there is.")
            case .otherType(let name, let type, let wanted): Explanation(.notFound, "\(name) is \(withArticle(type)); \(withArticle(wanted)) is wanted here. 'seamark list' shows what there is.")
            case .concealed(let name): Explanation(.notFound, "\(name) is not shown: whoever said it has withdrawn consent.")
            case .ambiguous(let name, let names): Explanation(.notFound, "'\(name)' may be several: \(names.joined(separator: ", ")). Name one of them as it stands here, or by its id.")
            }
    }

    init(_ error: EngagementExchange.Failure) {
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

    init(_ error: InputFile.Failure) {
        self =
            switch error {
            case .missing(let path): Explanation(.notFound, "There is no file '\(path)'. Check its name.")
            case .unreadable(let path, EISDIR): Explanation(.notFound, "'\(path)' is a folder and no file. Name a file in it.")
            case .unreadable(let path, let code): Self.system(code, "The file '\(path)'", otherwise: .notFound, "cannot be read (error \(code)). Check its permissions.")
            case .tooLarge(let path, let most): Explanation(.refused, "'\(path)' is larger than \(bytesInWords(most)). Nothing of it was read.")
            case .notText(let path): Explanation(.refused, "'\(path)' is not UTF-8 text. Convert it first.")
            case .unwritable(let path, ENOENT): Explanation(.cannotWrite, "'\(path)' cannot be written: the folder that it names is not there. Make it first, or name another.")
            case .unwritable(let path, let code):
                Self.system(code, "'\(path)'", otherwise: .cannotWrite, "cannot be written (error \(code)). Check the directory, its permissions and the free space.")
            case .exists(let path): Explanation(.cannotWrite, "'\(path)' exists already. Choose another name, or say --replace.")
            }
    }

    init(_ error: InterviewDesk.Closed) {
        self =
            switch error {
            case .wipeOrdered: Explanation(.notPermitted, "Headquarters ordered this laptop wiped meanwhile: the interview shows and takes nothing any more. 'seamark sync' hands in what waits and then wipes.")
            case .revoked: Explanation(Workplace.Failure.revoked)
            case .notStaffed: Explanation(Device.Refused.noSuchScope)
            }
    }

    init(_ error: TextEditor.Left) {
        let cause = Explanation(error.cause)
        self.init(cause.status, "\(cause.sentence) What you wrote is kept for you alone in \(error.path), in memory: take it from there before this computer is switched off.")
    }

    init(_ error: TextEditor.Failure) {
        self =
            switch error {
            case .nowhere: Explanation(.notChosen, "There is no directory in memory to edit in (XDG_RUNTIME_DIR or /dev/shm); texts are not put on a disk in the open. Give the text with --value or --value @-.")
            case .notStarted: Explanation(.notFound, "The editor could not be started, or ended with an error. Set EDITOR, or give the text with --value. Nothing was changed.")
            case .empty: Explanation(.refused, "The text is empty; nothing was changed. To clear the field, say --value -.")
            case .marksLeft: Explanation(.refused, "There are still places marked [[1: …]] or [[2: …]]; nothing was changed. Decide on each, then save.")
            }
    }
}
