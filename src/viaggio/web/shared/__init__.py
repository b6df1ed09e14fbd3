"""What every face needs: who may do what, the audit, the workspace, formats, exports, background work."""
