namespace DToC.Tidy;

/// <summary>Fails with every place that breaks a rule, so that all can be mended at once.</summary>
internal static class Findings
{
    public static void None(string rule, IEnumerable<string> found)
    {
        var places = found.ToList();
        if (places.Count > 0) Assert.Fail($"{rule}. {places.Count} places:\n  {string.Join("\n  ", places)}");
    }
}
