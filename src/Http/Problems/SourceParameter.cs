using System.Text;

namespace DToC.Http.Problems;

/// <summary>The parameter that names the system through which something was said.</summary>
internal static class SourceParameter
{
    /// <summary>What is wrong with it, or null.</summary>
    public static ProblemResult? Problem(string source, HttpOptions options) =>
        source.Length > 0 && Encoding.UTF8.GetByteCount(source) <= options.Events.MaxSourceBytes
            ? null
            : new ProblemResult(
                ProblemKind.Malformed, $"source must have 1 to {options.Events.MaxSourceBytes} bytes.");
}
