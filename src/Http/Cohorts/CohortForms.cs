using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Segments;
using DToC.Twin;

namespace DToC.Http.Cohorts;

/// <summary>A cohort that is wanted: of a segment, of a rule, or of ids.</summary>
/// <param name="Name">1 to 128 letters, digits, - and _.</param>
/// <param name="Segment">Name of a segment whose members it takes.</param>
/// <param name="Rule">A rule as of a segment.</param>
/// <param name="Ids">Customer ids.</param>
/// <param name="Purpose">Purpose it serves; a segment has its own.</param>
/// <param name="At">As of when; null for now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CohortRequest(
    string? Name, string? Segment, string? Rule, IReadOnlyList<string>? Ids, string? Purpose, Instant? At);

/// <summary>A cohort in short.</summary>
/// <param name="Origin">How its members were chosen: segment, rule or ids.</param>
/// <param name="Told">The segment's name or the rule; left out for ids.</param>
/// <param name="At">As of when.</param>
/// <param name="Members">Ids in it.</param>
/// <param name="Erased">Members that were erased since.</param>
/// <param name="IsFixed">False while it is being made, or after that was broken off: then delete it.</param>
internal sealed record CohortForm(
    string Name, CohortOrigin Origin, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Told, string Purpose, Instant At, Instant Made, int Members, int Erased, bool IsFixed)
{
    /// <summary>Of the ids that were named, those that lead to no customer; left out when all do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Unknown { get; init; }

    /// <summary>A cohort as it is shown.</summary>
    public static CohortForm Of(string name, CohortHeader header) => new(
        name, header.Origin, header.Told.Length == 0 ? null : header.Told, header.Purpose, header.At, header.Made,
        header.Members, header.Erased, header.IsFixed);
}

/// <summary>All cohorts.</summary>
internal sealed record CohortsForm(IReadOnlyList<CohortForm> Cohorts);

/// <summary>A cohort with what its members have in common today.</summary>
/// <param name="Cohort">What it is.</param>
/// <param name="AsOf">As of when.</param>
/// <param name="Size">Customers that its members are today, merged ones once.</param>
/// <param name="Withheld">Of those, whose data the choice rested on and which have no basis any more.</param>
/// <param name="Counted">What was counted of the others.</param>
/// <param name="Sample">Some of the others.</param>
internal sealed record CohortTwinForm(
    CohortForm Cohort, Instant AsOf, long Size, long Withheld, TallyForm Counted, IReadOnlyList<string> Sample);
