using System.Diagnostics;
using System.Globalization;
using DToC.Conformance;
using DToC.Fuzz.Mutation;
using DToC.Fuzz.Targets;

namespace DToC.Fuzz;

/// <summary>Cases of a target one after the other; what fails is made small and printed with its seed.</summary>
internal sealed class FuzzRun(FuzzTarget target, TextWriter output)
{
    private const int MaxFindings = 10;
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    /// <summary>How often each outcome came.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    /// <summary>The number of failures.</summary>
    public int Run(ulong first, long count)
    {
        var (found, begun) = (0, Stopwatch.GetTimestamp());
        for (var i = 0L; i < count && found < MaxFindings; i++)
        {
            var seed = first + (ulong)i;
            var input = target.Draw(new SeededDraws(seed));
            if (Fault(input, seed) is not { } fault) continue;
            found++;
            var small = Shrinking.Of(input, bytes => Fault(bytes, seed) is not null);
            output.WriteLine($"{target.Name}: seed {seed}: {fault}");
            output.WriteLine($"  again with: {target.Name} --seed {seed} --count 1");
            output.WriteLine($"  smallest input found: {Convert.ToHexString(small)}");
        }
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target.Name}: {count} from seed {first} in {seconds:0.0} s: {found} failed; {Counts()}"));
        return found;
    }

    private string Counts() => string.Join(", ", _outcomes.Select(o => $"{o.Key} {o.Value}"));

    private string? Fault(byte[] input, ulong seed)
    {
        try
        {
            var outcome = target.Try(input, seed);
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            return null;
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message} {exception.StackTrace?.Split('\n')[0].Trim()}";
        }
    }
}
