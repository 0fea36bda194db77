/*
 * What zig's start code calls, for programs that freebsd-cc links.
 *
 * That start code is of FreeBSD 14.0 and leaves the rest to its C library
 * (__libc_start1), which the libraries of the months before 14.0 do not have: a
 * program would not load there. This does the same for a program that is linked
 * dynamically, whose initialisers the dynamic loader has run already.
 */
extern const char *__progname;
extern char **environ;
int atexit(void (*)(void));
_Noreturn void exit(int);

__attribute__((visibility("hidden"))) _Noreturn void
__libc_start1(int argc, char **argv, char **env, void (*cleanup)(void), int (*start)(int, char **, char **))
{
    if (environ == 0)
        environ = env;
    if (argc > 0 && argv[0] != 0) {
        __progname = argv[0];
        for (const char *s = argv[0]; *s != '\0'; s++)
            if (*s == '/')
                __progname = s + 1;
    }
    if (cleanup != 0)
        atexit(cleanup);
    exit(start(argc, argv, env));
}
