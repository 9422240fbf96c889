// Limits that hosts and the window know without the definitions that a flow is made of.

/** Of a flow file, in characters; each host looks before it reads one, and so does the gate. */
export const LARGEST_FLOW_FILE = 20_000_000;
