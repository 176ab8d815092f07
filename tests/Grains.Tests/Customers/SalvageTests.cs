using DToC.Twin.Plan;

namespace DToC.Grains.Tests.Customers;

public class SalvageTests
{
    public static TheoryData<GrainKind> Kinds =>
        [.. Enum.GetValues<GrainKind>().Where(static kind => kind != GrainKind.Probe)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Grain_of_any_kind_whose_state_is_lost_is_made_anew(GrainKind kind)
    {
        var remains = new GrainRemains(new GrainKey(kind, "all"), [], new History([]), [], [], null);

        var state = TwinSalvage.Rebuild(remains, new PlanCatalog(Counter.Plan), floor: 41);

        Assert.Equal((41, 41), (state.Version, state.EffectSequence));
    }
}
