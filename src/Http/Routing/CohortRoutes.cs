using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of cohorts: customers as they were chosen at a moment.</summary>
public static class CohortRoutes
{
    private const string Tag = "Cohorts";

    /// <summary>A cohort is made.</summary>
    public static readonly ApiRoute Make = new(
        "POST", "/v1/cohorts", KeyScopes.Operate, "makeCohort", Tag, "Fix the members of a cohort")
    {
        Tells = Disclosure.Aggregates,
        Description =
            "The body is {\"name\"} with \"segment\", or \"rule\" and \"purpose\", or \"ids\" and \"purpose\". "
            + "\"at\" is a past moment, as of which a segment's rule or the rule chooses them; now unless given. All "
            + "customers are looked through, one cohort at a time. Who is in it stays in it, whatever they do later; "
            + "merged customers are followed, erased ones leave.",
    };

    /// <summary>All cohorts.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/cohorts", KeyScopes.Read, "listCohorts", Tag, "List the cohorts")
    {
        Tells = Disclosure.Aggregates,
    };

    /// <summary>What a cohort has in common today.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/cohorts/{name}", KeyScopes.Read, "readCohort", Tag,
        "Read what the members of a cohort have in common today")
    {
        Tells = Disclosure.Aggregates,
        Description =
            "The same as of a segment, from the members' states as last committed. Whose data have no basis for the "
            + "cohort's purpose any more are counted as withheld, and nothing else.",
    };

    /// <summary>Who is in a cohort.</summary>
    public static readonly ApiRoute Members = new(
        "GET", "/v1/cohorts/{name}/members", KeyScopes.Read, "listCohortMembers", Tag,
        "List the members of a cohort")
    {
        Tells = Disclosure.Members,
        Description =
            "In the order of their ids, each by the id that leads to its twin today; ?limit= and ?after= as of a "
            + "segment.",
    };

    /// <summary>A cohort goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/cohorts/{name}", KeyScopes.Operate, "deleteCohort", Tag, "Forget a cohort")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [Make, List, Read, Members, Delete];
}
