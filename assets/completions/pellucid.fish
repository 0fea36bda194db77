# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_pellucid_global_optspecs
    string join \n gpu= private new-instance h/help V/version
end

function __fish_pellucid_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_pellucid_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_pellucid_using_subcommand
    set -l cmd (__fish_pellucid_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c pellucid -n "__fish_pellucid_needs_command" -l gpu -d 'What the window is drawn with [default: auto]' -r -f -a "auto\t'A real GPU where there is one, else the CPU'
vulkan\t'Vulkan, a software driver too'
gl\t'OpenGL, a software driver too'
cpu\t'Our own drawing, without any driver'"
complete -c pellucid -n "__fish_pellucid_needs_command" -l private -d 'Remember nothing of what is opened'
complete -c pellucid -n "__fish_pellucid_needs_command" -l new-instance -d 'Open a window of its own, whether or not one is open already'
complete -c pellucid -n "__fish_pellucid_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pellucid -n "__fish_pellucid_needs_command" -s V -l version -d 'Print version'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "render" -d 'Draw pages into PNG files'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "convert" -d 'Make a safe copy: pictures of the pages and their words, nothing else'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "info" -d 'Tell what a document is and says about itself'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "text" -d 'Print the text of a PDF'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "attachment" -d 'Save a file that is inside a document'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "play" -d 'Play sound'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "check" -d 'Show the sandbox layer by layer, and try to escape from it'
complete -c pellucid -n "__fish_pellucid_needs_command" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -s p -l pages -d 'Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and =12 for a label that is a number. Without it: all of them; of several pictures into one file, the first' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l frame -d 'Frames of a picture that moves, in the same way' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l dpi -d 'Dots per inch; a picture is drawn at its own size' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -l size -d 'Fit into this many pixels, for example 1600x1200; pictures are not enlarged' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -s o -l output -d 'The file to write, with %d (or %03d) for the page or frame when there are several; - for standard output. Without it: the document\'s name and .png' -r -F
complete -c pellucid -n "__fish_pellucid_using_subcommand render" -s h -l help -d 'Print help'
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l to -d 'Make this of every file, on every core, each in a renderer of its own' -r -f -a "pdf\t'Pictures of the pages, and their words'
png\t'Pixels as they are drawn'
jpg\t'Pixels on white, with losses'
webp\t'Pixels as they are drawn, smaller than PNG'
wav\t'Sound: every bit of what is lossless'"
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -s o -l output -d 'With --to: the folder to write to; without it each copy is beside its file' -r -F
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -s p -l pages -d 'Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and =12 for a label that is a number' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l dpi -d 'Dots per inch; of a picture each pixel is a dot' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l size -d 'Of pictures: fit into this many pixels, for example 1600x1200; they are not enlarged' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l quality -d 'Quality of a JPEG, from 1 to 100; PNG and WebP are written without loss' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l no-text -d 'Leave the words out, which can be selected and found but are not seen'
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -l strip -d 'Leave out what the file says about itself; that is always so'
complete -c pellucid -n "__fish_pellucid_using_subcommand convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pellucid -n "__fish_pellucid_using_subcommand info" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand info" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand info" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand info" -l json -d 'For programs: one JSON object'
complete -c pellucid -n "__fish_pellucid_using_subcommand info" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s p -l pages -d 'Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and =12 for a label that is a number' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s g -l grep -d 'Print only lines with a match of this regular expression, as file:page: line; ends with 0 when there is one, 1 when there is none, 2 after an error' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -l json -d 'For programs: one JSON object for each file, with the place of every word'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s i -l ignore-case -d 'Capitals and small letters are the same'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s a -l ignore-accents -d 'Letters are the same with and without accents'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s w -l word -d 'Match whole words only'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s F -l fixed -d 'The pattern is plain words, not a regular expression'
complete -c pellucid -n "__fish_pellucid_using_subcommand text" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pellucid -n "__fish_pellucid_using_subcommand attachment" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand attachment" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand attachment" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand attachment" -s o -l output -d 'The file to write, or - for standard output' -r -F
complete -c pellucid -n "__fish_pellucid_using_subcommand attachment" -s h -l help -d 'Print help'
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l password-fd -d 'Read the password from this open descriptor, up to the first line end' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l memory -d 'Memory its renderer may use, in MiB [default: 1024]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l timeout -d 'Seconds that opening, or one page, may take; 0 for no limit [default: 60]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l volume -d 'How loud, in percent [default: 100]' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l speed -d 'How fast, at the same pitch, from 0.25 to 4' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l replaygain -d 'Which gain of the files makes them as loud as others' -r -f -a "off\t''
track\t''
album\t''"
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -l device -d 'The sound device: a name of ALSA, or a file on FreeBSD' -r
complete -c pellucid -n "__fish_pellucid_using_subcommand play" -s h -l help -d 'Print help'
complete -c pellucid -n "__fish_pellucid_using_subcommand check" -l json -d 'For programs: one JSON object'
complete -c pellucid -n "__fish_pellucid_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "render" -d 'Draw pages into PNG files'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "convert" -d 'Make a safe copy: pictures of the pages and their words, nothing else'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "info" -d 'Tell what a document is and says about itself'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "text" -d 'Print the text of a PDF'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "attachment" -d 'Save a file that is inside a document'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "play" -d 'Play sound'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "check" -d 'Show the sandbox layer by layer, and try to escape from it'
complete -c pellucid -n "__fish_pellucid_using_subcommand help; and not __fish_seen_subcommand_from render convert info text attachment play check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
