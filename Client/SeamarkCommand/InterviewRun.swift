import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct InterviewRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ask the questions of the instrument, one after the other; goes on where it stopped.",
        discussion: """
            For example:
              seamark interview                          choose one that is open, or begin a new one
              seamark interview IV-A001                  go on with this one ('run' need not be said)
              seamark interview --person P-A001 --site ST-A001
              seamark interview IV-A001 --plain          line by line, for screen readers and plain terminals

            Keys: 0 to 4 score, d don't know, n does not apply, x declined; e evidence grade, r rationale, t note, q quote, s seam, \
            c decision, l leak; j jump, k skip, / search, b back, u undo, z stop, f finish, ? help. In line mode the same letters \
            begin a line: '3 they phone every morning' scores 3 with that rationale.

            Consent comes first: without it nothing is asked. Each answer is durable before the next question, and whatever ends the \
            program, the next start goes on at the same question. Behind the instrument's questions come those of your own questionnaires ('seamark form add'): \
            a answers, numbers answer at once, j shift-check/people jumps. Two who score in one interview give two answers and never conflict. \
            Nothing of what others answered is shown. The record itself is captured with 'seamark interview add' and its like \
            ('seamark help interview').
            """)

    @Argument(help: "The interview to go on with, by its handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String?
    @Option(help: ArgumentHelp("Begin a new one with this person; more than once for a group.", valueName: "handle"), completion: HandleCompletion.of(Catalogue.person)) var person: [String] = []
    @Option(help: ArgumentHelp("Where the new one takes place.", valueName: "handle"), completion: HandleCompletion.of(Catalogue.site)) var site: String?
    @Option(help: ArgumentHelp("How: onSite, video, telephone or group.", valueName: "mode"), completion: .list(["onSite", "video", "telephone", "group"])) var mode: String?
    @Flag(help: "Line by line, without drawing: for screen readers, plain terminals, and answers from a file.") var plain = false
    @Option(help: ArgumentHelp("The language of the questions, where the instrument or a questionnaire has it.", valueName: "code")) var language: String?
    @OptionGroup var work: WorkOptions

    func run() throws {
        guard Terminal.inputIsTerminal || plain else {
            throw Explained(.usage, GuidedInterviewWords.needsTerminal)
        }
        guard interview == nil || person.isEmpty && site == nil && mode == nil else {
            throw Explained(.usage, GuidedInterviewWords.optionsBeginNew)
        }
        let place = try Workplace(work, to: .work)
        let scope = try place.engagement()
        InterviewSignals.listen()
        // Reading needs no disk that can be written; an interview does, and says so before anybody is asked anything.
        try place.device.store.transaction { _ in }
        var opening = InterviewOpening(place, scope, InterviewInput { place.device.store.isLocked })
        guard let id = try opening.interview(called: interview, persons: person, site: site, mode: mode) else { return }
        let desk = InterviewDesk(place.device, scope: scope, interview: id, shows: place.shows) { FormVerb.clock }
        let found = try desk.instrument(in: language)
        // An instrument has one language; it may be a questionnaire that has the one that was asked for.
        let isOfForms = try language.map { asked in
            try desk.records().forms.contains { $0.talk.questionnaire.languages.contains { $0.lowercased() == asked.lowercased() } }
        } ?? false
        guard let instrument = try found.instrument ?? (isOfForms ? desk.instrument().instrument : nil) else {
            throw Explained(.notFound, GuidedInterviewWords.otherLanguage(language, found.reference))
        }
        var sitting = try InterviewSitting(desk, instrument, opening.input, language: language, of: place.tenant)
        var inLines = plain || !InterviewTerminal.allows
        if !inLines, !InterviewTerminal.isUTF8 {
            inLines = true
            Terminal.line("\(GuidedInterviewWords.localeIsNotUTF8)")
        }
        try sitting.run(inLines: inLines)
    }
}
