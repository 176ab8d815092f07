using DToC.Load.Traffic;

namespace DToC.Load.InProcess;

/// <summary>
/// What identifiers cost: a host whose events name the customer's e-mail address and device, in turns with one whose
/// events do not; the same customers, whose identifiers are linked already.
/// </summary>
internal sealed class IdentifiedFigures(Scene scene, Figures figures)
{
    public static readonly string[] Names = ["identified_events_per_s", "identified_to_embedded"];

    // Until nearly every customer has come up once, and is linked.
    private const int LinkingEvents = 6;

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var roster = new Roster(scene.Options.Customers, scene.Options.Partitions);
        await using var identified = new EmbeddedPace(
            scene, await scene.NewFolderAsync(roster), roster, identified: true);
        await using var plain = new EmbeddedPace(scene, await scene.NewFolderAsync(roster), roster);
        await identified.WarmAsync(LinkingEvents * roster.Ids.Length);
        await plain.WarmAsync(LinkingEvents * roster.Ids.Length);
        // Both once more: what became hot with the first is compiled anew while the second runs.
        await identified.WarmAsync();
        await plain.WarmAsync();
        var (rate, ratio, _) = await identified.CompareAsync(plain, cancellation);
        figures.Print("identified_events_per_s", rate);
        figures.Print("identified_to_embedded", ratio);
    }
}
