using System.CommandLine;
using System.Globalization;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary>The option that names a moment to look at twins at.</summary>
internal sealed class AsOf
{
    private readonly Option<string?> _at = new("--at")
    {
        Description = "As of a time (RFC 3339), or of the end of a day in UTC such as 1997-09-30; else now.",
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_at);

    /// <summary>The moment, or null for now.</summary>
    /// <exception cref="CommandFailure">It is no time, or lies ahead.</exception>
    public Instant? Of(ParseResult parsed, TimeProvider time)
    {
        if (parsed.GetValue(_at) is not { } text)
            return null;
        var (culture, style) = (CultureInfo.InvariantCulture, DateTimeStyles.None);
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, style, out var day))
        {
            var start = Instant.From(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
            return Checked(start.PlusMs(Instant.DayMs - 1));
        }
        if (InstantJson.TryParse(text, out var at))
            return Checked(at);
        throw new CommandFailure(ExitCode.Usage,
            $"--at is '{text}', wanted a day such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z.");

        Instant Checked(Instant moment) => moment <= Instant.From(time.GetUtcNow())
            ? moment
            : throw new CommandFailure(
                ExitCode.Usage, $"--at is {moment}, which lies ahead: leave it out for now.");
    }
}
