namespace DToC.Http.Routing;

/// <summary>What a route's answer may tell of customers.</summary>
public enum Disclosure
{
    /// <summary>Nothing of any customer.</summary>
    Nothing,

    /// <summary>What became of what the caller sent, and why.</summary>
    Receipt,

    /// <summary>What the caller sent and was not folded: it waits for a person, and belongs to no twin yet.</summary>
    Waiting,

    /// <summary>Which customers are busy, by their ids.</summary>
    Activity,

    /// <summary>Which customers' ids lead to which twin; none of their data.</summary>
    Unions,

    /// <summary>What the customer said of purposes, and what follows; none of the data it was said of.</summary>
    Consents,

    /// <summary>Who was erased, as hashes that only those who know the customer can recognise.</summary>
    Erasures,

    /// <summary>A twin.</summary>
    Twin,

    /// <summary>Why a twin's scores are what they are.</summary>
    Explanation,

    /// <summary>What happened.</summary>
    Timeline,

    /// <summary>A decision with all it rested on.</summary>
    Decision,

    /// <summary>What may become of customers, and who gains and loses most by something.</summary>
    Simulation,

    /// <summary>All that is kept, for the customer itself.</summary>
    Subject,

    /// <summary>What customers have in common, of five at least; and some of their ids.</summary>
    Aggregates,

    /// <summary>Which customers are in a segment or cohort.</summary>
    Members,

    /// <summary>Decisions that leave for other systems.</summary>
    Deliveries,
}
