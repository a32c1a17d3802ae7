import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// Where to work: homes, stores, passphrases, engagements.
extension Explanation {
    init(_ error: TenantHome.Failure) {
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

    init(_ error: Workplace.Failure) {
        self =
            switch error {
            case .locked(let tenant): Explanation(.notPermitted, "The store of \(tenant) is locked. Run 'seamark unlock', or give --passphrase-fd N.")
            case .lockedMeanwhile(let tenant, let then):
                Explanation(.notPermitted, "The store of \(tenant) was locked meanwhile, so this ended; what was stored before is safe. Run 'seamark unlock', then \(then).")
            case .wipedMeanwhile(let tenant):
                Explanation(.notPermitted, "The store of \(tenant) was wiped meanwhile, or moved away, so this ended; what was being typed is not stored, and what was stored before went with the store.")
            case .damaged(let error, let waiting):
                Explanation(
                    .damaged,
                    Self.sentence("\(error)") + " " + (waiting.map { $0 == 0 ? "No change that waits is found in it." : "\(counted($0, "change")) \($0 == 1 ? "waits" : "wait") in it, readable." }
                        ?? "Who this device is cannot be read any more: keep the folder, and ask headquarters for a new invitation.")).naming(Problem.Code.deviceStoreDamaged.rawValue)
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
            case .unconfirmed(let words, let holds): Explanation(.awaitsConfirmation, WaitWords.sentence(words, holdsEngagement: holds))
            case .unconfirmedAndEmpty(let words): Explanation(.awaitsConfirmation, "Nothing was stored. " + WaitWords.sentence(words, holdsEngagement: false))
            case .withdrawn(let names, let waiting):
                Explanation(
                    .notPermitted,
                    "You are no longer staffed on \(names.joined(separator: ", ")). "
                        + (waiting == 0
                            ? "Everything you captured there is with the server."
                            : "\(counted(waiting, "change")) without a receipt \(waiting == 1 ? "is" : "are") kept here: 'seamark sync' hands in what was not handed in yet, and headquarters decides."))
            case .unknownToHeadquarters(let names):
                Explanation(
                    .notPermitted,
                    "Headquarters does not know \(names.joined(separator: ", ")) any more, and takes nothing of it. What is here of it stays on this laptop: 'seamark status' counts it. Do not wipe it, and tell headquarters.")
            case .engagementNotChosen(let names):
                Explanation(.notChosen, "You work on several engagements: \(names.joined(separator: ", ")). Choose one with 'seamark use TENANT ENGAGEMENT', or name it with --engagement.")
            case .unknownEngagement(let name, let names):
                Explanation(.notChosen, "'\(name)' is none of your engagements. \(Suggestion.sentence(name, among: names))They are \(names.joined(separator: ", ")).")
            }
    }

    init(_ error: Passphrase.Failure) {
        self =
            switch error {
            case .noTerminal: Explanation(.notPermitted, "There is no terminal to ask for the passphrase. Give it with --passphrase-fd N.")
            case .cancelled: Explanation(.notPermitted, "Cancelled. Nothing was changed.")
            case .tooLong: Explanation(.refused, "That is longer than \(Passphrase.longest) bytes. Use a shorter passphrase.")
            case .tooShort: Explanation(.refused, "A passphrase has at least \(Passphrase.shortest) characters. Four random words are a good one.")
            case .tooPlain:
                Explanation(.refused, "That passphrase is too plain: it says one part again and again, goes up or down in order, or has fewer than \(Passphrase.leastDifferent) different characters. Four random words are a good one.")
            case .differ: Explanation(.refused, "The two passphrases differ. Nothing was done; try again.")
            case .badDescriptor(EIO): Explanation(.damaged, "The disk that the passphrase lies on failed (error \(EIO)). Check the disk, then try again.")
            case .badDescriptor(let code): Explanation(.usage, "The file descriptor given with --passphrase-fd cannot be read (error \(code)). Open it for reading, as in '3< file'.")
            }
    }

    init(_ error: DeviceStoreError) {
        let status: ExitStatus =
            switch error {
            case .missing, .wiped: .notChosen
            case .exists: .refused
            case .lock(.wrongPassphrase), .wipedMeanwhile, .wrongKey, .wrongRecoveryCode, .noRecovery: .notPermitted
            case .lock, .notAStore, .newerVersion, .damagedRow, .damagedFile, .wentBack, .settingRefused, .mustReopen, .readingOnly, .failed:
                .damaged
            case .noEntropy, .exhausted: .exhausted
            case .full, .readOnly: .cannotWrite
            case .busy, .syncRunning: .busy
            }
        let sentence = "\(error)"
        self = Explanation(status, sentence.prefix(1).uppercased() + sentence.dropFirst() + ".").naming(error.isDamage ? Problem.Code.deviceStoreDamaged.rawValue : nil)
    }
}
