// Where lines meet a card. React Flow looks for these; nobody sees them or pulls at them, since lines are drawn by the layout.
import { Handle, Position } from '@xyflow/react';

export function Ports() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className="flow-port" aria-hidden />
      <Handle type="source" position={Position.Bottom} isConnectable={false} className="flow-port" aria-hidden />
    </>
  );
}
