using System.Globalization;

namespace DToC.Load;

/// <summary>Prints figures as <c>name: value</c> lines, and what could not be measured as failed.</summary>
internal sealed class Figures(LoadOptions options, TextWriter output)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>True when something could not be measured.</summary>
    public bool AnyFailed { get; private set; }

    /// <summary>A line for people.</summary>
    public void Comment(string text)
    {
        output.WriteLine($"# {text}");
        output.Flush();
    }

    /// <summary>A figure.</summary>
    public void Print(string name, double value)
    {
        _said.Add(name);
        var text = Math.Abs(value) switch
        {
            >= 1_000 => value.ToString("0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };
        output.WriteLine($"{name}: {text}");
        output.Flush();
    }

    /// <summary>
    /// Takes a measurement if one of its figures was asked for. Figures that it has not printed when it fails are
    /// printed as failed.
    /// </summary>
    public async Task MeasureAsync(string[] names, Func<Task> measure)
    {
        if (!options.Wants(names)) return;
        try
        {
            await measure();
        }
        catch (OperationCanceledException)
        {
            throw;
        }
#pragma warning disable CA1031 // one figure's failure must not take the others away
        catch (Exception exception)
#pragma warning restore CA1031
        {
            AnyFailed = true;
            var reason = exception.Message.ReplaceLineEndings(" ");
            foreach (var name in names.Where(name => !_said.Contains(name)))
                output.WriteLine($"{name}: failed ({exception.GetType().Name}: {reason})");
            await Console.Error.WriteLineAsync(exception.ToString());
        }
    }

    /// <summary>The middle of some values.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The value that a share of them does not exceed (nearest rank).</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new InvalidOperationException("Nothing was measured.");
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
