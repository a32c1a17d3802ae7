import Foundation
import Testing

/// A library that sets the clock of programs, also while they run.
struct Clock {
    static let compiler = "/usr/bin/cc"
    private static let day = 86_400

    let library: String
    /// By how many seconds.
    let file: String

    /// What a program is started with whose clock this sets.
    var environment: [String: String] { ["LD_PRELOAD": library, "CLOCK_SHIFT": file] }

    func set(ahead days: Int) throws { try Data(String(days * Self.day).utf8).write(to: URL(fileURLWithPath: file), options: .atomic) }

    init(_ headquarters: Headquarters) throws {
        let base = headquarters.folder.appendingPathComponent("clock-\(UUID().uuidString)").path
        (library, file) = (base + ".so", base + ".shift")
        let source = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <time.h>
            int clock_gettime(clockid_t id, struct timespec *now) {
                int (*system)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
                int done = system(id, now);
                const char *path = getenv("CLOCK_SHIFT");
                FILE *file = done == 0 && id == CLOCK_REALTIME && path ? fopen(path, "re") : NULL;
                if (file) {
                    long seconds = 0;
                    if (fscanf(file, "%ld", &seconds) == 1) now->tv_sec += seconds;
                    fclose(file);
                }
                return done;
            }
            time_t time(time_t *seconds) {
                struct timespec now;
                if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
                if (seconds) *seconds = now.tv_sec;
                return now.tv_sec;
            }
            """
        try Data(source.utf8).write(to: URL(fileURLWithPath: base + ".c"))
        let made = try headquarters.program(Self.compiler, ["-shared", "-fPIC", "-o", library, base + ".c", "-ldl"]).finish(within: 60)
        try #require(made.status == 0, "\(made.error)")
    }
}
