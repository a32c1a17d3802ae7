import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import Testing

@testable import SeamarkClient

/// The key agent over a real socket, in a thread of the test.
struct KeyAgentServiceTests {
    private let folder: String
    private let store = Identifier(high: 3, low: 9)
    private let key = SecretBytes(copying: Array(1...32))

    init() throws {
        folder = "/tmp/seamark-agent-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func place() throws -> KeyAgentPlace { try KeyAgentPlace(folder + "/seamark", user: geteuid(), making: true) }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Signals when the agent has ended.
    private func serve(_ place: KeyAgentPlace, round: Int32 = KeyAgentService.round) throws -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let service = try KeyAgentService(at: place, round: round)
        Thread.detachNewThread {
            service.run()
            ended.signal()
        }
        return ended
    }

    /// Sends bytes as a stranger would, and returns all that comes back.
    private func say(_ bytes: [UInt8], _ place: KeyAgentPlace, droppingBy piece: Int = 1000, ending: Bool = true, within: UInt64 = 9_000) throws -> [UInt8] {
        let line = try #require(try KeyAgentConversation.connect(to: place.socket, within: within))
        var rest = bytes[...]
        while !rest.isEmpty {
            line.write(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        if ending { line.finishWriting() }
        var answer: [UInt8] = []
        while let byte = line.read(1) { answer += byte }
        return answer
    }

    @Test func `a key is kept, given, replaced and forgotten over the socket, which is its user's alone`() throws {
        defer { remove() }
        let place = try place()
        let ended = try serve(place)
        let line = KeyAgentLine(place: place)
        #expect(try line.ask(.give(store))?.word == .nothing)
        #expect(try line.ask(.keep(store, seconds: 60), bringing: key)?.word == .done)
        #expect(try line.ask(.give(store))?.key == key)
        var facts = stat()
        #expect(lstat(place.socket, &facts) == 0 && facts.st_mode == S_IFSOCK | 0o600)
        #expect(lstat(place.folder, &facts) == 0 && facts.st_mode == S_IFDIR | 0o700)
        #expect(lstat(place.lock, &facts) == 0 && facts.st_mode == S_IFREG | 0o600 && facts.st_size == 0)
        let other = SecretBytes(copying: Array(2...33))
        #expect(try line.ask(.keep(store, seconds: 60), bringing: other)?.word == .done)
        #expect(try line.ask(.give(store))?.key == other)
        #expect(try line.ask(.forget(store))?.word == .done)
        #expect(ended.wait(timeout: .now() + 120) == .success, "the last key is gone, and the agent is not")
        #expect(try line.ask(.give(store)) == nil)
        #expect(lstat(place.socket, &facts) != 0)
    }

    @Test func `an agent ends with its last key's time, and takes its socket along`() throws {
        defer { remove() }
        let place = try place()
        let ended = try serve(place)
        let line = KeyAgentLine(place: place)
        let start = BootClock.milliseconds()
        #expect(try line.ask(.keep(store, seconds: 1), bringing: key)?.word == .done)
        #expect(try line.ask(.keep(Identifier(high: 1, low: 1), seconds: 2), bringing: key)?.word == .done)
        usleep(1_100_000)
        let said = try line.ask(.give(store))?.word
        // A machine with much else to do may ask when the other key's time is over too, and the agent with it.
        #expect(said == .nothing || said == nil && BootClock.milliseconds() - start >= 2_000)
        #expect(ended.wait(timeout: .now() + 120) == .success)
        #expect(BootClock.milliseconds() - start >= 2_000)
        #expect(!FileManager.default.fileExists(atPath: place.socket))
    }

    @Test func `an agent whose socket was taken away ends, since nobody finds it any more, and leaves another's alone`() throws {
        defer { remove() }
        let place = try place()
        let ended = try serve(place, round: 200)
        #expect(try KeyAgentLine(place: place).ask(.keep(store, seconds: 60), bringing: key)?.word == .done)
        #expect(ended.wait(timeout: .now() + 1) == .timedOut)
        #expect(rename(place.socket, place.socket + ".moved") == 0)
        #expect(FileManager.default.createFile(atPath: place.socket, contents: nil))
        #expect(ended.wait(timeout: .now() + 120) == .success)
        #expect(FileManager.default.fileExists(atPath: place.socket))
    }

    @Test func `bytes that are no request change nothing and get a refusal or nothing`() throws {
        defer { remove() }
        let place = try place()
        let ended = try serve(place)
        let line = KeyAgentLine(place: place)
        #expect(try line.ask(.keep(store, seconds: 60), bringing: key)?.word == .done)
        let give = KeyAgentRequest.give(store).head
        let refused = [KeyAgentWord.refused.rawValue]
        #expect(try say(give, place) == [KeyAgentWord.found.rawValue] + key.copy())
        #expect(try say(give, place, droppingBy: 1) == [KeyAgentWord.found.rawValue] + key.copy())
        // A byte more, a second request in the same breath, a key that nobody asked for.
        for more in [[0], give, Array(1...32), [UInt8](repeating: 7, count: 100_000)] { #expect(try say(give + more, place) == refused) }
        for count in 0..<give.count { #expect(try say(Array(give.prefix(count)), place).isEmpty) }
        #expect(try say(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), place) == refused)
        let keep = KeyAgentRequest.keep(store, seconds: 60).head
        for count in [0, 1, 31] { #expect(try say(keep + [UInt8](repeating: 7, count: count), place).isEmpty) }
        #expect(try say(keep + [UInt8](repeating: 7, count: 33), place) == refused)
        #expect(try line.ask(.give(store))?.key == key)
        #expect(try line.ask(.forget(store))?.word == .done)
        #expect(ended.wait(timeout: .now() + 120) == .success)
    }

    @Test func `whoever dawdles is cut off, and the next one is answered`() throws {
        defer { remove() }
        let place = try place()
        let ended = try serve(place)
        let line = KeyAgentLine(place: place)
        #expect(try line.ask(.keep(store, seconds: 60), bringing: key)?.word == .done)
        for silent in [[], KeyAgentRequest.give(store).head] {
            let start = BootClock.milliseconds()
            // Whatever it said is whole, but it does not say that it is: no answer before the deadline.
            let answer = try say(silent, place, ending: false)
            #expect(answer.isEmpty || answer == [KeyAgentWord.refused.rawValue])
            #expect((KeyAgentService.patience - 100...KeyAgentService.patience + 4_000).contains(BootClock.milliseconds() - start))
        }
        #expect(try line.ask(.give(store))?.key == key)
        #expect(try line.ask(.forget(store))?.word == .done)
        #expect(ended.wait(timeout: .now() + 120) == .success)
    }

    @Test func `one place has one agent, and what a killed one left is replaced`() throws {
        defer { remove() }
        let place = try place()
        // As after SIGKILL: a socket where nobody listens.
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(KeyAgentConversation.withAddress(place.socket) { bind(left, $0, $1) } == 0)
        close(left)
        #expect(try KeyAgentLine(place: place).ask(.give(store)) == nil)
        let ended = try serve(place)
        #expect(throws: KeyAgentService.Failure.another) { try KeyAgentService(at: place) }
        #expect(try KeyAgentLine(place: place).ask(.keep(store, seconds: 60), bringing: key)?.word == .done)
        #expect(try KeyAgentLine(place: place).ask(.forget(store))?.word == .done)
        #expect(ended.wait(timeout: .now() + 120) == .success)
    }

    @Test func `a folder that is a link, somebody else's, open to others or too long is no place for an agent`() throws {
        defer { remove() }
        let me = geteuid()
        func refusal(_ path: String, user: UInt32? = nil, making: Bool = true) -> KeyAgentPlace.Refusal? {
            do throws(KeyAgentPlace.Refusal) {
                _ = try KeyAgentPlace(path, user: user ?? me, making: making)
                return nil
            } catch { return error }
        }
        #expect(refusal(folder + "/seamark", making: false) == .missing)
        #expect(refusal(folder + "/seamark") == nil)
        #expect(refusal(folder + "/seamark", user: me + 1) == .ofSomebodyElse)
        #expect(symlink(folder + "/seamark", folder + "/link") == 0)
        #expect(refusal(folder + "/link") == .isLink)
        #expect(FileManager.default.createFile(atPath: folder + "/file", contents: nil, attributes: [.posixPermissions: 0o600]))
        #expect(refusal(folder + "/file") == .notAFolder)
        for mode in [0o710, 0o701, 0o750, 0o777] as [mode_t] {
            #expect(chmod(folder + "/seamark", mode) == 0)
            #expect(refusal(folder + "/seamark") == .openToOthers)
        }
        #expect(chmod(folder + "/seamark", 0o700) == 0)
        // Where others may write they could put another folder in its place.
        #expect(chmod(folder, 0o777) == 0)
        #expect(refusal(folder + "/seamark") == .openToOthers)
        #expect(chmod(folder, 0o755) == 0)
        #expect(refusal(folder + "/seamark") == nil)
        #expect(refusal("seamark") == .notAbsolute)
        #expect(refusal(folder + "/nowhere/seamark") == .missing)
        let long = folder + "/" + String(repeating: "a", count: 107 - folder.utf8.count - 1 - "/agent.lock".utf8.count)
        #expect(refusal(long) == nil)
        #expect(refusal(long + "a") == .tooLong)
        #expect(try KeyAgentPlace.made(of: [folder + "/link", long + "a", folder + "/seamark"], user: me).folder == folder + "/seamark")
        #expect(throws: KeyAgentPlace.Refusal.isLink) { try KeyAgentPlace.made(of: [folder + "/link", long + "a"], user: me) }
        #expect(KeyAgentPlace.there(of: [folder + "/link", folder + "/none", folder + "/seamark", long], user: me).map(\.folder) == [folder + "/seamark", long])
    }

    @Test func `an agent lies in the user's runtime folder, else beside the stores`() {
        #expect(KeyAgentPlace.bases(["XDG_RUNTIME_DIR": "/run/mine"], user: 7, home: "/h") == ["/run/mine/seamark", "/h/.agent"])
        #expect(KeyAgentPlace.bases(["XDG_RUNTIME_DIR": ""], user: 7, home: "/h") == ["/run/user/7/seamark", "/h/.agent"])
        #expect(KeyAgentPlace.bases([:], user: 7, home: nil) == ["/run/user/7/seamark"])
    }
}
